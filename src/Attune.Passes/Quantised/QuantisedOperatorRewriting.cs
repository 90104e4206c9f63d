using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Quantised;

/// <summary>
/// Takes operators on quantised values apart: loads of what they read, the operator on floats, a store of its result. Their definition is in real numbers, so
/// nothing but the rounding of sums to single precision comes in, which can move a result by one step where it lay half-way between two.
/// </summary>
internal sealed class QuantisedOperatorRewriting : IGraphPass
{
    public string Name => "quantised operator rewriting";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            bool plain = node.Outputs.Length == 1 && node.Attributes.Int("channels_last", 0) == 0;
            if (plain && FormOf(editor, node) is { } form)
            {
                Rewrite(editor, insertions, i, node, form);
            }
        }

        return insertions.Build();
    }

    private static void Rewrite(NetworkEditor editor, NodeInsertions insertions, int index, Node node, Form form)
    {
        var inputs = new List<string>();
        foreach (Operand operand in form.Data)
        {
            inputs.Add(operand.Bytes is { } bytes
                ? insertions.Load(index, behind: false, node.Inputs[operand.Value], bytes)
                : insertions.LoadWeights(index, node.Inputs[operand.Value], node.Inputs[operand.Scale], node.Input(operand.Zero), operand.Axis));
        }

        if (form.Bias is { } bias)
        {
            inputs.Add(editor.AddConstant($"{node.Name}.bias", bias));
        }

        string result = node.Outputs[0];
        if (form.Result is { } stored)
        {
            result = editor.NewValue($"{result}.real", new TensorType(DataType.Float32, editor.TypeOf(node.Outputs[0])!.Shape));
            insertions.Store(index, result, node.Outputs[0], stored);
        }

        editor.Replace(index, node with
        {
            Operator = form.Operator,
            Opset = form.Opset,
            Inputs = [.. inputs],
            Outputs = [result],
            Attributes = ContributedOperators.PlainAttributes(node.Attributes),
        });
    }

    private static Form? FormOf(NetworkEditor editor, Node node)
    {
        var reader = new QuantisedOperands(editor, node);
        switch (node.Operator)
        {
            case "QLinearConv":
                return Convolution(reader, node);
            case "QLinearMatMul":
                return Whole(reader, node, "MatMul", NodeInsertions.Opset, [reader.Bytes(0), reader.Matrix(3, 1)], 6);
            case ContributedOperators.Gemm:
                return Gemm(reader, node);
        }

        if (ContributedOperators.PlainFormOf(node.Operator) is not { } plain)
        {
            return null;
        }

        Operand?[] data = node.Operator switch
        {
            ContributedOperators.Add or ContributedOperators.Multiply => [reader.Bytes(0), reader.Bytes(3)],
            ContributedOperators.Concat => [.. Enumerable.Range(0, (node.Inputs.Length - 2) / 3).Select(part => reader.Bytes(2 + (part * 3)))],
            _ => [reader.Bytes(0)],
        };
        int result = node.Operator switch
        {
            ContributedOperators.Add or ContributedOperators.Multiply => 6,
            ContributedOperators.Concat => 0,
            _ => 3,
        };
        return Whole(reader, node, plain, ContributedOperators.PlainOpset(node.Operator, node.Attributes), data, result);
    }

    private static Form? Convolution(QuantisedOperands reader, Node node)
    {
        Operand? weights = reader.Weights(3, 0);
        Tensor? bias = node.Input(8).Length > 0 && weights is not null ? reader.Bias(8, 1, 4, 1) : null;
        return node.Input(8).Length > 0 && bias is null ? null
            : Whole(reader, node, "Conv", NodeInsertions.Opset, [reader.Bytes(0), weights], 6) is { } form ? form with { Bias = bias } : null;
    }

    private static Form? Gemm(QuantisedOperands reader, Node node)
    {
        Operand? weights = reader.Matrix(3, node.Attributes.Int("transB", 0) != 0 ? 0 : 1);
        Tensor? bias = node.Input(6).Length > 0 && weights is not null ? reader.Bias(6, 1, 4, node.Attributes.Float("alpha", 1)) : null;
        Operand?[] data = [reader.Bytes(0), weights];
        if ((node.Input(6).Length > 0 && bias is null) || Array.Exists(data, operand => operand is null))
        {
            return null;
        }

        bool stored = node.Input(7).Length > 0;
        ByteScale? result = stored ? reader.Result(7) : null;
        return stored && result is null ? null : new Form("Gemm", NodeInsertions.Opset, [.. data.Select(operand => operand!)], bias, result);
    }

    private static Form? Whole(QuantisedOperands reader, Node node, string operation, int opset, Operand?[] data, int result) =>
        node.Inputs.Length > result && Array.TrueForAll(data, operand => operand is not null) && reader.Result(result) is { } stored
            ? new Form(operation, opset, [.. data.Select(operand => operand!)], null, stored)
            : null;

    /// <summary>What an operator becomes.</summary>
    /// <param name="Operator">The operator on floats.</param>
    /// <param name="Opset">Its operator set.</param>
    /// <param name="Data">What it reads.</param>
    /// <param name="Bias">A constant to read after that.</param>
    /// <param name="Result">Parameters of the result; null when it is of floats.</param>
    private sealed record Form(string Operator, int Opset, Operand[] Data, Tensor? Bias, ByteScale? Result);
}
