using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Windows, mel filters and Fourier transforms.</summary>
internal static class SignalRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        .. ElementwiseRules.Alike(["BlackmanWindow", "HammingWindow", "HannWindow"], Window),
        new("MelWeightMatrix", Mel),
        new("DFT", Transform),
        new("STFT", ShortTime),
    ];

    private static DataType Element(InferenceContext context) =>
        ElementwiseRules.Target(context, context.Attributes.Int("output_datatype", (long)DataType.Float32));

    private static TensorType[]? Window(InferenceContext context) => context.Integer(0) is { } size ? context.Result(Element(context), size) : null;

    private static TensorType[]? Mel(InferenceContext context) =>
        context.Integer(0) is { } bands && context.Integer(1) is { } length ? context.Result(Element(context), (length / 2) + 1, bands) : null;

    private static TensorType[]? Transform(InferenceContext context)
    {
        long[] x = context.Extents(0, 2);
        long? axis = context.Opset < 20 ? context.Attributes.Int("axis", 1) : context.Has(2) ? context.Integer(2) : -2;
        if (axis is null || (context.Has(1) && context.Constant(1) is null))
        {
            return null;
        }

        int along = context.Axis(axis.Value, x.Length);
        context.Require(along < x.Length - 1, "The transform needs an axis of samples, not that of real and imaginary part.");
        long length = context.Has(1) ? context.Integer(1)!.Value : x[along];
        x[along] = Bins(context, length, onesided: false);
        x[^1] = 2;
        return context.Result(context.Element(0), x);
    }

    private static long Bins(InferenceContext context, long length, bool onesided) =>
        context.Attributes.Int("onesided", onesided ? 1 : 0) != 0 ? (length / 2) + 1 : length;

    private static TensorType[]? ShortTime(InferenceContext context)
    {
        long[] x = context.Extents(0, 2);
        long? length = context.Has(3) ? context.Integer(3)
            : context.Has(2) ? context.Shape(2).Count
            : throw context.Fail("STFT has neither window nor length.");
        if (context.Integer(1) is not { } step || length is not { } frame)
        {
            return null;
        }

        context.Require(step > 0 && frame > 0 && frame <= x[1], $"Frames of {frame} samples every {step} do not fit a signal of {x[1]}.");
        return context.Result(context.Element(0), x[0], ((x[1] - frame) / step) + 1, Bins(context, frame, onesided: true), 2);
    }
}
