using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Samples;

/// <summary>Looks whether samples can calibrate anything: numbers that are finite, and not the same everywhere. Stateless.</summary>
internal static class SampleValues
{
    /// <summary>The set, with warnings; what is wrong with it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="set">The samples.</param>
    /// <param name="sources">Where each sample is from.</param>
    public static Result<SampleSet, QuantiseError> Check(Network network, SampleSet set, string[] sources)
    {
        int constant = 0;
        for (int i = 0; i < set.Inputs.Length; i++)
        {
            if (Broken(set.Inputs[i]) is { } broken)
            {
                return new QuantiseError(
                    QuantiseFailure.Samples,
                    $"Sample {i + 1} holds a number that is infinite or none in input '{broken}'; ranges cannot be found with it.",
                    "Leave it out, or write it again.")
                {
                    Where = sources[i],
                };
            }

            constant += set.Inputs[i].Values.Where(IsJudged).Any() && set.Inputs[i].Values.Where(IsJudged).All(IsConstant) ? 1 : 0;
        }

        if (constant == set.Inputs.Length)
        {
            return new QuantiseError(
                QuantiseFailure.Samples,
                $"Every sample is constant: one number in all {network.Inputs[0].Type.Shape.Count} places. That says nothing about other inputs.",
                "Check how the samples were written; give inputs as the application has them.")
            {
                Where = sources[0],
            };
        }

        List<string> warnings = [];
        if (constant > 0)
        {
            warnings.Add($"{constant} of {set.Inputs.Length} samples are constant: one number in all places.");
        }

        if (set.Inputs.Length > 1 && set.Inputs.Skip(1).All(sample => AreEqual(sample, set.Inputs[0])))
        {
            warnings.Add($"All {set.Inputs.Length} samples are the same: they say no more than one.");
        }

        return set with { Warnings = [.. set.Warnings, .. warnings] };
    }

    private static bool IsJudged(Tensor tensor) => tensor.Element == DataType.Float32 && tensor.Count > 1;

    private static bool IsConstant(Tensor tensor) => !tensor.Span<float>().ContainsAnyExcept(tensor.Span<float>()[0]);

    private static string? Broken(IReadOnlyDictionary<string, Tensor> sample) => sample
        .FirstOrDefault(pair => pair.Value.Element == DataType.Float32 && !Array.TrueForAll(pair.Value.Elements<float>(), float.IsFinite)).Key;

    private static bool AreEqual(IReadOnlyDictionary<string, Tensor> left, IReadOnlyDictionary<string, Tensor> right) =>
        left.All(pair => pair.Value.Element != DataType.Float32 || pair.Value.Span<float>().SequenceEqual(right[pair.Key].Span<float>()))
        && left.Values.Any(IsJudged);
}
