using Attune.Kernels;

namespace Attune.Graph.Conformance;

/// <summary>
/// Compares a computed tensor with the expected one as ONNX's own test runner does: element type and shape must be the same, floats agree when
/// |actual - expected| is at most 1e-7 + 1e-3 |expected|, NaN equals NaN, everything else must be the same. Brain floats may differ in their
/// last bit (2^-7 relative): ONNX's older test data were truncated, the operator's later definition rounds to nearest even.
/// </summary>
/// <param name="Agrees">Whether the tensors agree.</param>
/// <param name="MaxError">Largest absolute difference; infinite when type or shape differ.</param>
/// <param name="Reason">What differs; empty when they agree.</param>
internal sealed record TensorComparison(bool Agrees, double MaxError, string Reason)
{
    private const double AbsoluteTolerance = 1e-7;
    private const double RelativeTolerance = 1e-3;
    private const double BrainFloatTolerance = 1.0 / 128;

    public static TensorComparison Of(Tensor actual, Tensor expected)
    {
        if (actual.Element != expected.Element || !actual.Shape.Equals(expected.Shape))
        {
            return new TensorComparison(false, double.PositiveInfinity, $"expected {expected.Type}, computed {actual.Type}.");
        }

        double worst = 0;
        string reason = string.Empty;
        for (int i = 0; i < actual.Count; i++)
        {
            object have = actual.Data.GetValue(i)!;
            object want = expected.Data.GetValue(i)!;
            double difference = Difference(have, want, out bool agrees);
            worst = Math.Max(worst, difference);
            if (!agrees && reason.Length == 0)
            {
                reason = $"element {i} should be {Show(want)} but is {Show(have)}";
            }
        }

        return new TensorComparison(reason.Length == 0, worst, reason.Length == 0 ? reason : $"{reason}; the largest difference is {worst:g3}.");
    }

    private static double Difference(object have, object want, out bool agrees)
    {
        if (have.Equals(want))
        {
            agrees = true;
            return 0;
        }

        if (Real(have) is not double a || Real(want) is not double b)
        {
            agrees = false;
            return 0;
        }

        double difference = Math.Abs(a - b);
        agrees = (double.IsNaN(a) && double.IsNaN(b)) || a == b
            || difference <= AbsoluteTolerance + ((want is BFloat16 ? BrainFloatTolerance : RelativeTolerance) * Math.Abs(b));
        return double.IsNaN(difference) ? (agrees ? 0 : double.PositiveInfinity) : difference;
    }

    private static double? Real(object value) => value switch
    {
        float v => v,
        double v => v,
        Half v => (double)v,
        BFloat16 v => v.ToSingle(),
        _ => null,
    };

    private static string Show(object value) => value is BFloat16 v ? v.ToSingle().ToString() : value.ToString() ?? string.Empty;
}
