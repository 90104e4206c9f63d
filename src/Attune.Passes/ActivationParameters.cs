using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Single operators that are activations, with the parameters that fused operators take.</summary>
internal static class ActivationParameters
{
    /// <summary>The fused attributes for an operator applied to its first input; null when it is none of the known activations.</summary>
    public static Attributes? Of(NetworkEditor editor, Node node, Attributes fused)
    {
        Attributes Named(string activation) => fused.With(FusedOperators.Activation, activation);
        switch (node.Operator)
        {
            case "Relu":
                return Named("relu");
            case "Sigmoid":
                return Named("sigmoid");
            case "Tanh":
                return Named("tanh");
            case "HardSwish":
                return Named("hard_swish");
            case "Gelu":
                return Named(node.Attributes.Text("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu");
            case "LeakyRelu":
                return Named("leaky_relu").With("alpha", node.Attributes.Float("alpha", 0.01f));
            case "PRelu" when editor.Scalar(node.Inputs[1]) is { } slope:
                return Named("leaky_relu").With("alpha", slope);
            case "HardSigmoid":
                return Named("hard_sigmoid").With("alpha", node.Attributes.Float("alpha", 0.2f)).With("beta", node.Attributes.Float("beta", 0.5f));
            case "Clip" when ClipBounds(editor, node) is { } bounds:
                return Named("clip").With("alpha", bounds.Low).With("beta", bounds.High);
            default:
                return null;
        }
    }

    /// <summary>The bounds of a Clip, attributes before operator set 11 and inputs since; null when they are not constant.</summary>
    public static (float Low, float High)? ClipBounds(NetworkEditor editor, Node node)
    {
        if (node.Opset < 11)
        {
            return (node.Attributes.Float("min", float.MinValue), node.Attributes.Float("max", float.MaxValue));
        }

        float? low = node.Input(1).Length == 0 ? float.MinValue : editor.Scalar(node.Input(1));
        float? high = node.Input(2).Length == 0 ? float.MaxValue : editor.Scalar(node.Input(2));
        return low is { } l && high is { } h ? (l, h) : null;
    }
}
