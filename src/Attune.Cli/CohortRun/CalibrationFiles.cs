using System.Collections.Immutable;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort.Profiling;
using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Cli.CohortRun;

/// <summary>Inputs on which variants are judged: arrays of one or several samples, or made-up numbers.</summary>
internal static class CalibrationFiles
{
    private const int MostSamples = 10_000;

    /// <summary>Reads the files of --calibration and --labels.</summary>
    /// <param name="files">Arrays; each holds one sample of the input's shape, or several along a leading axis.</param>
    /// <param name="labels">An array of whole numbers, one for each answer; null for none.</param>
    /// <param name="input">The network's input.</param>
    /// <param name="output">The network's first output.</param>
    /// <param name="random">Samples to make up where there are no files.</param>
    /// <param name="seed">Their seed.</param>
    /// <exception cref="CommandFailedException">A file does not fit the input.</exception>
    public static CalibrationSet Read(IReadOnlyList<string> files, string? labels, NetworkValue input, NetworkValue output, int random, int seed)
    {
        if (files.Count == 0)
        {
            return labels is null
                ? new CalibrationSet([.. Enumerable.Range(0, random).Select(i => RandomInputs.For([input], seed + i)[input.Name].Elements<float>())], [], IsRandom: true)
                : throw Wrong(labels, "Labels belong to inputs, and there are none.", "Give --calibration FILES too.");
        }

        int size = (int)input.Type.Shape.Count;
        var samples = ImmutableArray.CreateBuilder<float[]>();
        foreach (string file in files)
        {
            Tensor tensor = TensorFiles.Read(file);
            if (tensor.Element != DataType.Float32 || tensor.Count == 0 || tensor.Count % size != 0 || (tensor.Count > size && tensor.Shape[-1] != input.Type.Shape[-1]))
            {
                throw Wrong(file, $"A calibration array must hold one or several inputs of {input.Type}, but this one is {tensor.Type}.", "Write float32 arrays with the model's input shape, or with an axis for the samples before it.");
            }

            samples.AddRange(tensor.Elements<float>().Chunk(size));
        }

        if (samples.Count > MostSamples)
        {
            throw Wrong(files[^1], $"There are {Units.Counted(samples.Count, "sample")}; {MostSamples} is the limit.", "Use fewer: some hundreds tell the accuracy to a few points.");
        }

        return new CalibrationSet(samples.ToImmutable(), labels is null ? [] : Labels(labels, samples.Count, NetworkProfiler.AnswersOf(output.Type.Shape)), IsRandom: false);
    }

    private static ImmutableArray<int> Labels(string file, int samples, int answers)
    {
        Tensor tensor = TensorFiles.Read(file);
        ImmutableArray<int>? labels = tensor.Data switch
        {
            long[] longs when longs.All(value => value is >= 0 and <= int.MaxValue) => [.. longs.Select(value => (int)value)],
            int[] integers when integers.All(value => value >= 0) => [.. integers],
            _ => null,
        };
        return labels is { } read && read.Length == samples * answers
            ? read
            : throw Wrong(file, $"Labels must be {samples * answers} whole numbers from 0 on, but the file holds {tensor.Type}.", answers == 1 ? "Write an int64 array with one class for each sample, in the order of the files." : $"Write an int64 array with the {answers} classes of each sample, in the order of the files.");
    }

    private static CommandFailedException Wrong(string file, string message, string next) => new(new Failure(ExitCode.Usage, ErrorCodes.InputMismatch, message, next) { Where = file });
}
