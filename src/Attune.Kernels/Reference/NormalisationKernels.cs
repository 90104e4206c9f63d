namespace Attune.Kernels.Reference;

/// <summary>Normalisations; statistics are taken in double precision over the whole group, in two passes.</summary>
internal static class NormalisationKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("BatchNormalization", Batch);
        table.Add("InstanceNormalization", Instance);
        table.Add("GroupNormalization", Group);
        table.Add("LayerNormalization", Layer);
        table.Add("LRN", LocalResponse);
        table.Add("LpNormalization", Lp);
        table.Add("MeanVarianceNormalization", MeanVariance);
    }

    private static Tensor[] Batch(KernelCall call)
    {
        Tensor x = call.Input(0);
        if (call.Opset < 9 && !call.Flag("spatial", absent: true))
        {
            throw call.Unsupported("statistics for every element (spatial = 0)");
        }

        int channels = x.Shape.Rank > 1 ? x.Shape[1] : 1;
        int inner = x.Shape.Rank > 1 ? Indexing.Product(x.Shape, 2, x.Shape.Rank) : 1;
        double[] values = Numbers.ToDoubles(x);
        double[][] parameters = [.. Enumerable.Range(1, 4).Select(i => Numbers.ToDoubles(call.Input(i)))];
        if (parameters.Any(p => p.Length != channels))
        {
            throw call.Malformed($"scale, bias, mean and variance need {channels} elements each");
        }

        double[] mean = parameters[2];
        double[] variance = parameters[3];
        bool training = call.Opset >= 14 && call.Flag("training_mode");
        if (training)
        {
            mean = new double[channels];
            variance = new double[channels];
            int count = values.Length / Math.Max(1, channels);
            for (int i = 0; i < values.Length; i++)
            {
                mean[i / inner % channels] += values[i] / count;
            }

            for (int i = 0; i < values.Length; i++)
            {
                int channel = i / inner % channels;
                variance[channel] += (values[i] - mean[channel]) * (values[i] - mean[channel]) / count;
            }
        }

        double epsilon = call.Float("epsilon", 1e-5f);
        var y = new double[values.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i / inner % channels;
            y[i] = ((values[i] - mean[channel]) / Math.Sqrt(variance[channel] + epsilon) * parameters[0][channel]) + parameters[1][channel];
        }

        Tensor result = Numbers.FromDoubles(y, x.Element, x.Shape);
        if (!training)
        {
            return [result];
        }

        double momentum = call.Float("momentum", 0.9f);
        Tensor Running(int input, double[] now) => Numbers.FromDoubles(
            [.. now.Select((v, i) => (Numbers.ToDoubles(call.Input(input))[i] * momentum) + (v * (1 - momentum)))], call.Input(input).Element, Shape.Of(channels));
        return [result, Running(3, mean), Running(4, variance)];
    }

    private static Tensor Instance(KernelCall call)
    {
        Tensor x = call.Input(0);
        if (x.Shape.Rank < 2)
        {
            throw call.Malformed($"batch and channels are missing in {x.Shape}");
        }

        return Scaled(call, x, x.Shape[1], static channel => channel, call.Float("epsilon", 1e-5f), x.Shape[1]);
    }

    private static Tensor Group(KernelCall call)
    {
        Tensor x = call.Input(0);
        int groups = checked((int)call.Int("num_groups", 0));
        if (x.Shape.Rank < 2 || groups < 1 || x.Shape[1] % groups != 0)
        {
            throw call.Malformed($"{x.Shape} does not split into {groups} groups of channels");
        }

        // From operator set 21 on, scale and bias belong to channels, before to groups.
        int perGroup = x.Shape[1] / groups;
        return call.Opset >= 21
            ? Scaled(call, x, groups, static channel => channel, call.Float("epsilon", 1e-5f), x.Shape[1])
            : Scaled(call, x, groups, channel => channel / perGroup, call.Float("epsilon", 1e-5f), groups);
    }

    private static Tensor Scaled(KernelCall call, Tensor x, int groups, Func<int, int> scaleOfChannel, double epsilon, int parameterCount)
    {
        double[] scale = Numbers.ToDoubles(call.Input(1));
        double[] bias = Numbers.ToDoubles(call.Input(2));
        if (scale.Length != parameterCount || bias.Length != parameterCount)
        {
            throw call.Malformed($"scale and bias need {parameterCount} elements each");
        }

        int channels = x.Shape[1];
        int inner = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        int size = channels / groups * inner;
        double[] y = (double[])Numbers.ToDoubles(x).Clone();
        for (int start = 0; start < y.Length; start += size)
        {
            Standardise(y.AsSpan(start, size), epsilon);
        }

        for (int i = 0; i < y.Length; i++)
        {
            int parameter = scaleOfChannel(i / inner % channels);
            y[i] = (y[i] * scale[parameter]) + bias[parameter];
        }

        return Numbers.FromDoubles(y, x.Element, x.Shape);
    }

    private static Tensor[] Layer(KernelCall call)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(-1, x.Shape.Rank);
        double epsilon = call.Float("epsilon", 1e-5f);
        int size = Indexing.Product(x.Shape, axis, x.Shape.Rank);
        int groups = Indexing.Product(x.Shape, 0, axis);
        double[] y = (double[])Numbers.ToDoubles(x).Clone();
        var means = new double[groups];
        var inverses = new double[groups];
        double[] scale = Numbers.ToDoubles(Indexing.Expand(call.Input(1), new Shape(x.Shape.Dimensions[axis..])));
        double[]? bias = call.Optional(2) is Tensor b ? Numbers.ToDoubles(Indexing.Expand(b, new Shape(x.Shape.Dimensions[axis..]))) : null;
        for (int group = 0; group < groups; group++)
        {
            Span<double> row = y.AsSpan(group * size, size);
            (means[group], inverses[group]) = Standardise(row, epsilon);
            for (int i = 0; i < size; i++)
            {
                row[i] = (row[i] * scale[i]) + (bias?[i] ?? 0);
            }
        }

        var statistics = new Shape([.. x.Shape.Dimensions[..axis], .. Enumerable.Repeat(1L, x.Shape.Rank - axis)]);
        return [
            Numbers.FromDoubles(y, x.Element, x.Shape),
            Numbers.FromDoubles(means, DataType.Float32, statistics),
            Numbers.FromDoubles(inverses, DataType.Float32, statistics)];
    }

    /// <summary>Shifts and scales values to mean 0 and variance 1; returns their mean and the reciprocal deviation.</summary>
    private static (double Mean, double Inverse) Standardise(Span<double> values, double epsilon)
    {
        double mean = 0;
        foreach (double v in values)
        {
            mean += v;
        }

        mean /= values.Length;
        double variance = 0;
        foreach (double v in values)
        {
            variance += (v - mean) * (v - mean);
        }

        double inverse = 1 / Math.Sqrt((variance / values.Length) + epsilon);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - mean) * inverse;
        }

        return (mean, inverse);
    }

    private static Tensor LocalResponse(KernelCall call)
    {
        Tensor x = call.Input(0);
        int size = checked((int)call.Int("size", 0));
        if (size < 1 || x.Shape.Rank < 2)
        {
            throw call.Malformed("a positive size and a tensor with channels are needed");
        }

        double alpha = call.Float("alpha", 1e-4f);
        double beta = call.Float("beta", 0.75f);
        double bias = call.Float("bias", 1);
        int channels = x.Shape[1];
        int inner = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        double[] values = Numbers.ToDoubles(x);
        var y = new double[values.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i / inner % channels;
            int first = Math.Max(0, channel - ((size - 1) / 2));
            int last = Math.Min(channels - 1, channel + (size / 2));
            double sum = 0;
            for (int near = first; near <= last; near++)
            {
                double v = values[i + ((near - channel) * inner)];
                sum += v * v;
            }

            y[i] = values[i] / Math.Pow(bias + (alpha / size * sum), beta);
        }

        return Numbers.FromDoubles(y, x.Element, x.Shape);
    }

    private static Tensor Lp(KernelCall call)
    {
        Tensor x = call.Input(0);
        long p = call.Int("p", 2);
        if (p is not (1 or 2))
        {
            throw call.Malformed($"norm {p} is neither 1 nor 2");
        }

        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [call.AxisAttribute(-1, x.Shape.Rank)]);
        double[] y = (double[])Numbers.ToDoubles(x).Clone();
        foreach (int group in groups)
        {
            double norm = members.Sum(member => p == 1 ? Math.Abs(y[group + member]) : y[group + member] * y[group + member]);
            norm = p == 1 ? norm : Math.Sqrt(norm);
            foreach (int member in members)
            {
                // A vector of zeros has no direction; it stays as it is.
                y[group + member] = norm == 0 ? 0 : y[group + member] / norm;
            }
        }

        return Numbers.FromDoubles(y, x.Element, x.Shape);
    }

    private static Tensor MeanVariance(KernelCall call)
    {
        Tensor x = call.Input(0);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, call.Axes(call.Ints("axes") ?? [0, 2, 3], x.Shape.Rank));
        double[] y = (double[])Numbers.ToDoubles(x).Clone();
        foreach (int group in groups)
        {
            double mean = members.Average(member => y[group + member]);
            double deviation = Math.Sqrt(members.Average(member => (y[group + member] - mean) * (y[group + member] - mean)));
            foreach (int member in members)
            {
                y[group + member] = (y[group + member] - mean) / (deviation + 1e-9);
            }
        }

        return Numbers.FromDoubles(y, x.Element, x.Shape);
    }
}
