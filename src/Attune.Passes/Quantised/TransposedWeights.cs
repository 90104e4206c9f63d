using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes.Quantised;

/// <summary>Transposes the bytes of constant weights instead of their real numbers, so that they stay bytes: exporters write linear layers so.</summary>
internal sealed class TransposedWeights : IGraphPass
{
    public string Name => "transposed weights";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is not { Operator: "Transpose" } turn || editor.ProducerOf(turn.Inputs[0], "DequantizeLinear") is not { } load
                || editor.Constant(load.Inputs[0]) is not { Element: DataType.Int8 or DataType.UInt8 } bytes || load.Attributes.Int("block_size", 0) != 0
                || ConstantEvaluator.Default.Run(turn, [bytes]) is not [var turned])
            {
                continue;
            }

            long rank = bytes.Shape.Rank;
            long axis = load.Attributes.Int("axis", 1);
            axis = axis < 0 ? axis + rank : axis;
            long[] order = turn.Attributes.Ints("perm") is { } stated ? [.. stated] : [.. Enumerable.Range(0, (int)rank).Select(at => rank - 1 - at)];
            bool whole = editor.TypeOf(load.Inputs[1]) is { Shape.Count: 1 }
                && (load.Input(2).Length == 0 || editor.TypeOf(load.Inputs[2]) is { Shape.Count: 1 });
            long place = whole ? 1 : Array.IndexOf(order, axis);
            if (place >= 0)
            {
                string constant = editor.AddConstant($"{load.Inputs[0]}.turned", turned);
                editor.Replace(i, load with
                {
                    Name = turn.Name,
                    Opset = Math.Max(load.Opset, NodeInsertions.Opset),
                    Inputs = load.Inputs.SetItem(0, constant),
                    Outputs = turn.Outputs,
                    Attributes = load.Attributes.With("axis", place),
                });
            }
        }

        return editor.Build();
    }
}
