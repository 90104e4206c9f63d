using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Normalisations; statistics are taken in double precision over the whole group, in two passes.</summary>
internal static partial class NormalisationKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("BatchNormalization", GuardBatch, Batch, static node => IsTraining(node) ? 3 : 1);
        table.Add("InstanceNormalization", GuardInstance, Instance);
        table.Add("GroupNormalization", GuardGroup, Group);
        table.Add("LayerNormalization", GuardLayer, Layer, 3);
        table.Add("LRN", GuardLocalResponse, LocalResponse);
        table.Add("LpNormalization", GuardLp, Lp);
        table.Add("MeanVarianceNormalization", GuardMeanVariance, MeanVariance);
    }

    private static Tensor[] Batch(KernelCall call)
    {
        Tensor x = call.Input(0);
        int channels = x.Shape.Rank > 1 ? x.Shape[1] : 1;
        int inner = x.Shape.Rank > 1 ? Indexing.Product(x.Shape, 2, x.Shape.Rank) : 1;
        double[] values = Numbers.ToDoubles(x);
        double[][] parameters = [.. Enumerable.Range(1, 4).Select(i => Numbers.ToDoubles(call.Input(i)))];
        double[] mean = parameters[2];
        double[] variance = parameters[3];
        bool training = IsTraining(call);
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
            [.. now.Select((v, i) => (Numbers.ToDoubles(call.Input(input))[i] * momentum) + (v * (1 - momentum)))], call.Input(input).Element,
            Shape.Of(channels));
        return [result, Running(3, mean), Running(4, variance)];
    }

    private static Tensor Instance(KernelCall call)
    {
        Tensor x = call.Input(0);
        return Scaled(call, x, x.Shape[1], static channel => channel, call.Float("epsilon", 1e-5f));
    }

    private static Tensor Group(KernelCall call)
    {
        Tensor x = call.Input(0);
        int groups = (int)call.Int("num_groups", 0);
        // From operator set 21 on, scale and bias belong to channels, before to groups.
        int perGroup = x.Shape[1] / groups;
        return call.Opset >= 21
            ? Scaled(call, x, groups, static channel => channel, call.Float("epsilon", 1e-5f))
            : Scaled(call, x, groups, channel => channel / perGroup, call.Float("epsilon", 1e-5f));
    }

    private static Tensor Scaled(KernelCall call, Tensor x, int groups, Func<int, int> scaleOfChannel, double epsilon)
    {
        double[] scale = Numbers.ToDoubles(call.Input(1));
        double[] bias = Numbers.ToDoubles(call.Input(2));
        int channels = x.Shape[1];
        int inner = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        int size = channels / groups * inner;
        double[] y = (double[])Numbers.ToDoubles(x).Clone();
        for (int start = 0; start < y.Length && size > 0; start += size)
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
        // Scale and bias broadcast to the whole of x, so they may also differ from one normalised group to the next.
        Tensor gain = call.Input(1);
        double[] scale = Numbers.ToDoubles(gain);
        int[]? scaleOf = Indexing.BroadcastMap(gain.Shape, x.Shape);
        double[]? bias = call.Optional(2) is Tensor b ? Numbers.ToDoubles(b) : null;
        int[]? biasOf = bias is null ? null : Indexing.BroadcastMap(call.Input(2).Shape, x.Shape);
        for (int group = 0; group < groups; group++)
        {
            Span<double> row = y.AsSpan(group * size, size);
            (means[group], inverses[group]) = Standardise(row, epsilon);
            for (int i = 0; i < size; i++)
            {
                int at = (group * size) + i;
                row[i] = (row[i] * scale[scaleOf?[at] ?? at]) + (bias?[biasOf?[at] ?? at] ?? 0);
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
        int size = (int)call.Int("size", 0);
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
            int last = (int)Math.Min(channels - 1, (long)channel + (size / 2));
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
