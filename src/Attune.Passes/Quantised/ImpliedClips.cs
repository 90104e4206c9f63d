using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Removes Relu and Clip that the range of bytes implies: before stores whose lowest and highest byte the bounds quantise to, since saturation does the same,
/// and behind loads whose real numbers all lie within the bounds.
/// </summary>
internal sealed class ImpliedClips : IGraphPass
{
    public string Name => "implied clips";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { } node && Bounds(editor, node) is { } bounds && !editor.IsOutput(node.Outputs[0]) && IsImplied(editor, node, bounds))
            {
                editor.Redirect(node.Outputs[0], node.Inputs[0]);
                editor.Remove(i);
            }
        }

        return editor.Build();
    }

    private static (float Low, float High)? Bounds(NetworkEditor editor, Node node) =>
        editor.TypeOf(node.Input(0)) is { Element: DataType.Float32 }
            ? node.Operator switch
            {
                "Relu" => (0, float.PositiveInfinity),
                "Clip" => ActivationParameters.ClipBounds(editor, node) is { } bounds && bounds.Low <= bounds.High ? bounds : null,
                _ => null,
            }
            : null;

    private static bool IsImplied(NetworkEditor editor, Node node, (float Low, float High) bounds)
    {
        if (ByteScale.OfLoaded(editor, node.Inputs[0]) is { } loaded
            && loaded.Dequantise(loaded.Min) >= bounds.Low && loaded.Dequantise(loaded.Max) <= bounds.High)
        {
            return true;
        }

        // A store is monotone, so it can tell a bound only by the byte of it.
        IReadOnlyList<int> readers = editor.ReadersOf(node.Outputs[0]);
        return readers.Count > 0 && readers.All(reader => ByteScale.OfStore(editor, editor[reader]) is { } stored
            && stored.Quantise(bounds.Low) == stored.Min && stored.Quantise(bounds.High) == stored.Max);
    }
}
