using Attune.Kernels;

namespace Attune.Measuring.Models;

/// <summary>How far an output is from the reference.</summary>
/// <param name="Output">Name of the output.</param>
/// <param name="MaxAbsError">Largest absolute difference of an element.</param>
/// <param name="MaxRelError">
/// That difference over the largest magnitude in the reference output. A tensor's elements come from sums of the same scale, so an element that cancels to
/// nearly nothing must not blow the figure up.
/// </param>
public sealed record OutputError(string Output, double MaxAbsError, double MaxRelError)
{
    /// <summary>Compares two tensors; texts must be equal.</summary>
    /// <param name="output">Name of the output.</param>
    /// <param name="actual">What is judged.</param>
    /// <param name="reference">What it should be.</param>
    /// <returns>Infinite errors when types differ, or where only one side is NaN or infinite.</returns>
    public static OutputError Of(string output, Tensor actual, Tensor reference)
    {
        if (actual.Type != reference.Type)
        {
            return new OutputError(output, double.PositiveInfinity, double.PositiveInfinity);
        }

        if (actual.Data is string[] texts)
        {
            bool equal = texts.AsSpan().SequenceEqual((string[])reference.Data);
            return equal ? new OutputError(output, 0, 0) : new OutputError(output, double.PositiveInfinity, double.PositiveInfinity);
        }

        double[] ours = Numbers(actual);
        double[] theirs = Numbers(reference);
        double largestError = 0;
        double scale = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            // Equal covers infinities of one sign; NaN agrees with NaN.
            bool same = ours[i].Equals(theirs[i]) || (double.IsNaN(ours[i]) && double.IsNaN(theirs[i]));
            double error = same ? 0 : Math.Abs(ours[i] - theirs[i]);
            largestError = Math.Max(largestError, double.IsNaN(error) ? double.PositiveInfinity : error);
            scale = Math.Max(scale, double.IsFinite(theirs[i]) ? Math.Abs(theirs[i]) : 0);
        }

        return new OutputError(output, largestError, largestError == 0 ? 0 : largestError / Math.Max(scale, double.Epsilon));
    }

    private static double[] Numbers(Tensor tensor) => tensor.Data switch
    {
        float[] values => Array.ConvertAll(values, value => (double)value),
        double[] values => values,
        Half[] values => Array.ConvertAll(values, value => (double)value),
        BFloat16[] values => Array.ConvertAll(values, value => (double)value.ToSingle()),
        bool[] values => Array.ConvertAll(values, value => value ? 1.0 : 0.0),
        string[] => throw new ArgumentException("Texts cannot be compared as numbers.", nameof(tensor)),
        Array integers => [.. integers.Cast<IConvertible>().Select(value => value.ToDouble(null))],
    };
}
