using System.Collections.Immutable;

namespace Attune.Learning.Gaussian;

/// <content>To bytes and back; the reader trusts nothing.</content>
public sealed partial class DeepGaussianProcess
{
    /// <summary>Layout of <see cref="Save"/>; a reader refuses others.</summary>
    public const int Schema = 1;

    private const int LargestSize = 4096;

    /// <summary>Writes the fitted process: sizes, standardisation, mean functions, parameters.</summary>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    public void Save(BinaryWriter writer)
    {
        Standardisation known = Known(Columns);
        writer.Write(Schema);
        writer.Write((int)options.Covariance);
        writer.Write(options.Seed);
        writer.Write(options.PredictionSamples);
        writer.Write(options.TuningPrior);
        writer.Write(slope);
        writer.Write(shift);
        Write(writer, [known.LabelShift, known.LabelScale]);
        Write(writer, known.Shift);
        Write(writer, known.Scale);
        writer.Write(network!.Layers.Count);
        foreach (GaussianLayer layer in network.Layers)
        {
            writer.Write(layer.Inputs);
            writer.Write(layer.Outputs);
            writer.Write(layer.Inducing);
            Write(writer, layer.Map ?? []);
        }

        Write(writer, network.Parameters);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">
    /// The bytes are no such process: another schema, sizes that contradict each other, numbers that are not finite.
    /// </exception>
    /// <exception cref="EndOfStreamException">The bytes end early.</exception>
    public static DeepGaussianProcess Load(BinaryReader reader)
    {
        int schema = reader.ReadInt32();
        Require(schema == Schema, $"it has schema {schema}, this build reads {Schema}");
        var covariance = (CovarianceKind)reader.ReadInt32();
        Require(Enum.IsDefined(covariance), $"covariance {(int)covariance} is unknown");
        var known = new DeepGaussianOptions
        {
            Covariance = covariance,
            Seed = reader.ReadInt32(),
            PredictionSamples = reader.ReadInt32(),
            TuningPrior = reader.ReadDouble(),
        };
        Require(known.PredictionSamples is >= 1 and <= 1000 && known.TuningPrior > 0 && double.IsFinite(known.TuningPrior), "its options are out of range");
        double factor = reader.ReadDouble();
        double constant = reader.ReadDouble();
        Require(double.IsFinite(factor) && double.IsFinite(constant), "its scale or shift is not finite");
        double[] labels = Read(reader, 2);
        Require(labels[1] > 0, "the scale of its labels is not above 0");
        double[] shifts = Read(reader, null);
        double[] factors = Read(reader, shifts.Length);
        int layers = reader.ReadInt32();
        Require(layers is >= 1 and <= 4, $"{layers} layers are not in 1..4");
        var made = ImmutableArray.CreateBuilder<GaussianLayer>(layers);
        int inputs = shifts.Length;
        int offset = 0;
        for (int l = 0; l < layers; l++)
        {
            int width = reader.ReadInt32();
            int outputs = reader.ReadInt32();
            int inducing = reader.ReadInt32();
            Require(
                width == inputs && width >= 1 && outputs is >= 1 and <= 64 && inducing is >= 1 and <= LargestSize && (l < layers - 1 || outputs == 1),
                $"the sizes of layer {l + 1} do not fit");
            double[] map = Read(reader, null);
            Require(map.Length == 0 || map.Length == width * outputs, $"the mean function of layer {l + 1} does not fit");
            made.Add(new GaussianLayer(covariance, width, outputs, inducing, offset, map.Length == 0 ? null : map));
            offset = made[l].End;
            inputs = outputs;
        }

        var deep = new DeepGaussianNetwork(made.ToImmutable(), Read(reader, offset + 1));
        try
        {
            deep.Prepare();
        }
        catch (ArithmeticException exception)
        {
            throw new InvalidDataException($"This is no deep Gaussian process: {exception.Message}", exception);
        }

        return new DeepGaussianProcess(known)
        {
            network = deep,
            scales = new Standardisation(shifts, factors, labels[0], labels[1]),
            slope = factor,
            shift = constant,
        };
    }

    private static void Write(BinaryWriter writer, double[] values)
    {
        writer.Write(values.Length);
        foreach (double value in values)
        {
            writer.Write(value);
        }
    }

    private static double[] Read(BinaryReader reader, int? expected)
    {
        int count = reader.ReadInt32();
        Require(
            expected is null ? count is >= 0 and <= LargestSize * 64 : count == expected,
            $"{count} numbers stand where {expected?.ToString() ?? "fewer"} belong");

        // Grown as it is read, so that a length that lies costs no memory.
        var values = new List<double>(Math.Min(count, 4096));
        for (int i = 0; i < count; i++)
        {
            double value = reader.ReadDouble();
            Require(double.IsFinite(value), "a number is not finite");
            values.Add(value);
        }

        return [.. values];
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"This is no deep Gaussian process: {otherwise}.");
        }
    }
}
