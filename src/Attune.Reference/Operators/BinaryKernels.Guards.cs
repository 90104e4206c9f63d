using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <content>Conditions on operands.</content>
internal static partial class BinaryKernels
{
    /// <summary>Two operands that broadcast.</summary>
    public static void GuardShapes(NodeFacts node)
    {
        Shape second = AlignedShape(node);
        if (Indexing.Join(node.Shape(0), second) is null)
        {
            throw node.Malformed($"shapes {node.Shape(0)} and {second} do not broadcast");
        }
    }

    /// <summary>Two operands of one numeric type that broadcast.</summary>
    public static void Numeric(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Same(node, 0, 1);
        GuardShapes(node);
    }

    /// <summary>An operand of integers.</summary>
    public static void NeedIntegers(NodeFacts node, int input)
    {
        if (!Numbers.IsInteger(node.Element(input)))
        {
            throw node.Malformed($"bits need integers, not {node.Element(input)}");
        }
    }

    private static Shape AlignedShape(NodeFacts node)
    {
        Shape a = node.Shape(0);
        Shape b = node.Shape(1);
        if (node.Opset >= 7 || !node.Flag("broadcast") || !node.Attributes.Has("axis"))
        {
            return b;
        }

        int trailing = a.Rank - node.AxisAttribute(0, a.Rank) - b.Rank;
        return trailing < 0
            ? throw node.Malformed($"shape {b} does not fit {a} from the given axis")
            : new Shape([.. b.Dimensions, .. Enumerable.Repeat(1L, trailing)]);
    }

    private static void GuardDivision(NodeFacts node)
    {
        Numeric(node);
        if (Numbers.IsInteger(node.Element(1)) && node.Known(1) is Tensor divisor && Array.Exists(Numbers.ToLongs(divisor), static v => v == 0))
        {
            throw node.Malformed("an integer is divided by zero");
        }
    }

    private static void GuardPower(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Number(node, 1);
        GuardShapes(node);
    }

    private static void GuardFold(NodeFacts node)
    {
        Guards.Number(node, 0);
        for (int input = 1; input < node.InputCount; input++)
        {
            Guards.Same(node, 0, input);
        }

        Guards.Broadcast(node, [.. Enumerable.Range(0, node.InputCount)]);
    }

    private static void GuardBits(NodeFacts node)
    {
        NeedIntegers(node, 0);
        Guards.Same(node, 0, 1);
        Guards.Broadcast(node, 0, 1);
    }

    private static void GuardShift(NodeFacts node)
    {
        GuardBits(node);
        Guards.Choice(node, "direction", string.Empty, "LEFT", "RIGHT");
        if (node.Element(0) is not (DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.UInt64))
        {
            throw node.Malformed($"shifts need unsigned integers, not {node.Element(0)}");
        }
    }
}
