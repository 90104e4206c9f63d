using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Questions about fused operators.</summary>
internal static class FusedNode
{
    /// <summary>The fused node that writes a value, when something may still be merged into it: one reader, no residual, no activation.</summary>
    public static Node? Open(NetworkEditor editor, string value) =>
        editor.HasOneReader(value) && WithoutActivation(editor, value) is { } node && node.Input(3).Length == 0 ? node : null;

    /// <summary>The fused node that writes a value, when it has no activation yet.</summary>
    public static Node? WithoutActivation(NetworkEditor editor, string value)
    {
        Node? node = editor.ProducerOf(value, FusedOperators.Convolution) ?? editor.ProducerOf(value, FusedOperators.Dense);
        return node is not null && node.Attributes.Text(FusedOperators.Activation, "none") == "none" ? node : null;
    }
}
