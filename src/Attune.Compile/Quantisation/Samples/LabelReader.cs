using Attune.Compile.Quantisation.Session;
using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Samples;

/// <summary>Reads right answers. Stateless.</summary>
internal static class LabelReader
{
    /// <summary>The set with labels; what is wrong with them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="set">The samples.</param>
    /// <param name="path">File of the labels.</param>
    /// <param name="read">Reads a file.</param>
    public static Result<SampleSet, QuantiseError> Read(Network network, SampleSet set, string path, Func<string, Result<Tensor, QuantiseError>> read)
    {
        if (Answers.CountOf(network.Outputs[0].Type) is not { } answers)
        {
            return Wrong(
                path, $"Labels say which number of an output is the largest, but '{network.Outputs[0].Name}' is {network.Outputs[0].Type}.", "Leave them out.");
        }

        Result<Tensor, QuantiseError> tensor = read(path);
        if (!tensor.Succeeded)
        {
            return tensor.Error;
        }

        long[]? numbers = tensor.Value.Data switch
        {
            long[] longs => longs,
            int[] integers => Array.ConvertAll(integers, number => (long)number),
            _ => null,
        };
        int wanted = set.Inputs.Length * answers;
        if (numbers is null || numbers.Length != wanted || !Array.TrueForAll(numbers, number => number is >= 0 and <= int.MaxValue))
        {
            return Wrong(
                path,
                $"Labels must be {wanted} whole numbers from 0 on, {(answers == 1 ? "one" : $"{answers}")} for each sample, but the file holds "
                    + $"{tensor.Value.Type}"
                    + $"{(numbers is not null && numbers.Length == wanted ? " with other numbers" : string.Empty)}.",
                "Write an int64 array in the order of the samples.");
        }

        return set with { Labels = [.. numbers.Select(number => (int)number)] };
    }

    private static QuantiseError Wrong(string where, string message, string next) => new(QuantiseFailure.Samples, message, next) { Where = where };
}
