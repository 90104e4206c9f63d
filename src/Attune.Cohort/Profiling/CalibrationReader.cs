using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Cohort.Profiling;

/// <summary>Makes calibration sets for a network: from arrays of one or several samples, or of made-up numbers.</summary>
/// <param name="input">The network's input, 32-bit floats.</param>
/// <param name="output">The network's first output.</param>
public sealed class CalibrationReader(NetworkValue input, NetworkValue output)
{
    private const int MaxSamples = 10_000;

    /// <summary>Made-up samples.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="seed">Their seed.</param>
    public CalibrationSet Random(int samples, int seed) =>
        new([.. Enumerable.Range(0, samples).Select(i => RandomInputs.For([input], seed + i)[input.Name].Elements<float>())], [], IsRandom: true);

    /// <summary>Samples, and what they show.</summary>
    /// <param name="arrays">Where each array is from, and itself: one sample of the input's shape, or several along a leading axis. At least one.</param>
    /// <param name="labels">Where the labels are from, and whole numbers, one for each answer; null for none.</param>
    public Result<CalibrationSet, CalibrationError> Read(IEnumerable<(string Source, Tensor Array)> arrays, (string Source, Tensor Array)? labels)
    {
        int size = (int)input.Type.Shape.Count;
        var samples = ImmutableArray.CreateBuilder<float[]>();
        string last = string.Empty;
        foreach ((string source, Tensor tensor) in arrays)
        {
            if (tensor.Element != DataType.Float32 || tensor.Count == 0 || tensor.Count % size != 0 || (tensor.Count > size
                && tensor.Shape[-1] != input.Type.Shape[-1]))
            {
                return new CalibrationError(
                    source,
                    $"A calibration array must hold one or several inputs of {input.Type}, but this one is {tensor.Type}.",
                    "Write float32 arrays with the model's input shape, or with an axis for the samples before it.");
            }

            last = source;
            samples.AddRange(tensor.Elements<float>().Chunk(size));
        }

        if (samples.Count > MaxSamples)
        {
            return new CalibrationError(
                last, $"There are {samples.Count} samples; {MaxSamples} is the limit.", "Use fewer: some hundreds tell the accuracy to a few points.");
        }

        if (labels is not { } given)
        {
            return new CalibrationSet(samples.ToImmutable(), [], IsRandom: false);
        }

        int answers = NetworkProfiler.AnswersOf(output.Type.Shape);
        return Labels(given.Array) is { } read && read.Length == samples.Count * answers
            ? new CalibrationSet(samples.ToImmutable(), read, IsRandom: false)
            : new CalibrationError(
                given.Source,
                $"Labels must be {samples.Count * answers} whole numbers from 0 on, but the file holds {given.Array.Type}.",
                answers == 1 ? "Write an int64 array with one class for each sample, in the order of the files."
                    : $"Write an int64 array with the {answers} classes of each sample, in the order of the files.");
    }

    private static ImmutableArray<int>? Labels(Tensor tensor) => tensor.Data switch
    {
        long[] longs when longs.All(value => value is >= 0 and <= int.MaxValue) => [.. longs.Select(value => (int)value)],
        int[] integers when integers.All(value => value >= 0) => [.. integers],
        _ => null,
    };
}
