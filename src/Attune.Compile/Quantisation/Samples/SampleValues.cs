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
        // A single number is the same everywhere, whatever it is.
        NetworkValue[] judged = [.. network.Inputs.Where(input => input.Type.Shape.Count > 1)];
        int constant = 0;
        for (int i = 0; i < set.Inputs.Length; i++)
        {
            IReadOnlyDictionary<string, Tensor> sample = set.Inputs[i];
            if (Broken(sample) is { } broken)
            {
                return new QuantiseError(
                    QuantiseFailure.Samples,
                    $"Sample {i + 1} holds a number that is infinite or none in input '{broken}'; ranges cannot be found with it.",
                    "Leave it out, or write it again.")
                {
                    Where = sources[i],
                };
            }

            constant += judged.Length > 0 && Array.TrueForAll(judged, input => IsConstant(sample[input.Name])) ? 1 : 0;
        }

        if (constant == set.Inputs.Length)
        {
            return new QuantiseError(
                QuantiseFailure.Samples,
                $"Every sample is constant: one value in all {string.Join(" and all ", judged.Select(Places))}. That says nothing about other inputs.",
                "Check how the samples were written; give inputs as the application has them.")
            {
                Where = sources[0],
            };
        }

        List<string> warnings = [];
        if (constant > 0)
        {
            warnings.Add($"{constant} of {set.Inputs.Length} samples are constant: one value in all places.");
        }

        if (judged.Length > 0 && set.Inputs.Length > 1 && set.Inputs.Skip(1).All(sample => AreEqual(sample, set.Inputs[0])))
        {
            warnings.Add($"All {set.Inputs.Length} samples are the same: they say no more than one.");
        }

        return set with { Warnings = [.. set.Warnings, .. warnings] };
    }

    private static string Places(NetworkValue input) => $"{input.Type.Shape.Count} places of '{input.Name}'";

    private static bool IsConstant(Tensor tensor)
    {
        if (tensor.Data is float[] numbers)
        {
            return !numbers.AsSpan().ContainsAnyExcept(numbers[0]);
        }

        object[] one = [.. tensor.Data.Cast<object>().Take(1)];
        return tensor.Data.Cast<object>().All(one[0].Equals);
    }

    private static string? Broken(IReadOnlyDictionary<string, Tensor> sample) => sample
        .FirstOrDefault(pair => pair.Value.Element == DataType.Float32 && !Array.TrueForAll(pair.Value.Elements<float>(), float.IsFinite)).Key;

    private static bool AreEqual(IReadOnlyDictionary<string, Tensor> left, IReadOnlyDictionary<string, Tensor> right) =>
        left.All(pair => pair.Value.Data is float[] numbers ? numbers.AsSpan().SequenceEqual(right[pair.Key].Span<float>())
            : pair.Value.Data.Cast<object>().SequenceEqual(right[pair.Key].Data.Cast<object>()));
}
