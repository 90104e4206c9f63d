using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Moves a Pad into the convolution or pool that reads it, where the result stays exactly the same: zeros into a convolution; zeros into an
/// average pool whose own padding counts (or that has none); minus infinity into a max pool. Needs explicit pads.
/// </summary>
public sealed class PaddingFolding : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "padding folding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node reader = editor[i]!;
            if (reader.Operator is not ("Conv" or "AveragePool" or "MaxPool") || editor.ProducerOf(reader.Inputs[0], "Pad") is not { } pad)
            {
                continue;
            }

            // A second result of a max pool counts positions in the padded plane.
            bool plain = reader.Attributes.Int("ceil_mode", 0) == 0 && reader.Outputs.Length == 1 && !reader.Attributes.Has("auto_pad");
            if (plain && SpatialPads(editor, pad) is { } added && Accepts(reader, FillOf(editor, pad)))
            {
                long[] old = reader.Attributes.Ints("pads") is { } given ? [.. given] : new long[added.Length];
                Attributes attributes = reader.Attributes.With("pads", old.Zip(added, (a, b) => a + b).ToArray());
                if (reader.Operator == "AveragePool")
                {
                    attributes = attributes.With("count_include_pad", 1);
                }

                editor.Replace(i, reader with { Inputs = reader.Inputs.SetItem(0, pad.Inputs[0]), Attributes = attributes });
            }
        }

        return new DeadCodeRemoval().Run(editor.Build());
    }

    /// <summary>True for a Pad that a convolution can take as its own.</summary>
    internal static bool PadsZeros(NetworkEditor editor, Node pad) => FillOf(editor, pad) == 0 && SpatialPads(editor, pad) is not null;

    private static bool Accepts(Node reader, float? fill) => reader.Operator switch
    {
        "Conv" => fill == 0,
        "AveragePool" =>
            fill == 0 && (reader.Attributes.Int("count_include_pad", 0) != 0 || reader.Attributes.Ints("pads") is not { } pads || pads.All(pad => pad == 0)),
        _ => fill is { } value && float.IsNegativeInfinity(value),
    };

    private static float? FillOf(NetworkEditor editor, Node pad)
    {
        if (pad.Attributes.Text("mode", "constant") != "constant")
        {
            return null;
        }

        return pad.Opset < 11 ? pad.Attributes.Float("value", 0) : pad.Input(2).Length == 0 ? 0 : editor.Scalar(pad.Input(2));
    }

    // Begins then ends over the spatial axes; null when other axes are padded, something is cut, or the numbers are not constant.
    private static long[]? SpatialPads(NetworkEditor editor, Node pad)
    {
        if (editor.TypeOf(pad.Inputs[0])?.Shape.Rank is not (>= 3 and var rank))
        {
            return null;
        }

        ImmutableArray<long>? pads = pad.Attributes.Ints("pads")
            ?? (editor.Constant(pad.Input(1)) is { Element: DataType.Int64 } constant ? [.. constant.Elements<long>()] : null);
        if (pads is not { } values || values.Any(value => value < 0))
        {
            return null;
        }

        var axes = Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray();
        if (pad.Input(3).Length > 0)
        {
            if (editor.Constant(pad.Input(3)) is not { Element: DataType.Int64 } given)
            {
                return null;
            }

            axes = given.Elements<long>();
        }

        var spatial = new long[2 * (rank - 2)];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = (int)(axes[i] < 0 ? axes[i] + rank : axes[i]);
            if (axis >= 2)
            {
                spatial[axis - 2] += values[i];
                spatial[axis - 2 + (rank - 2)] += values[i + axes.Length];
            }
            else if (values[i] != 0 || values[i + axes.Length] != 0)
            {
                return null;
            }
        }

        return spatial;
    }
}
