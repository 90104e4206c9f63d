using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// The product with weights of a few bits of ONNX Runtime's domain (MatMulNBits): y = a w^T + bias, the rows of w cut into blocks with a scale and a zero point
/// each. Numbers lie in bytes lowest bits first; zero points, where they are not floats, likewise, each row of them from a new byte on.
/// </summary>
internal static class BlockedWeights
{
    private const int SmallestBlock = 16;
    private const int BitsOfByte = 8;
    private const int ZeroPoints = 3;
    private const int Groups = 4;
    private const int Bias = 5;

    public static void Register(KernelTable table) => table.Add(ContributedOperators.MatMulBits, Guard, Multiply);

    /// <summary>The weights as real numbers, row by row: one row of K numbers for each of N columns of the result.</summary>
    /// <param name="attributes">Attributes of a node that <see cref="Guard"/> let pass.</param>
    /// <param name="packed">Its input 1.</param>
    /// <param name="scales">Its input 2.</param>
    /// <param name="zeroPoints">Its input 3, or null.</param>
    public static double[] Unpack(Attributes attributes, Tensor packed, Tensor scales, Tensor? zeroPoints)
    {
        Layout layout = Layout.Of(attributes);
        byte[] bytes = packed.Elements<byte>();
        double[] steps = Numbers.ToDoubles(scales);
        double[] zeros = ZerosOf(layout, zeroPoints);
        var weights = new double[checked((int)(layout.Rows * layout.Depth))];
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int k = 0; k < layout.Depth; k++)
            {
                int block = (int)((row * layout.Blocks) + (k / layout.Block));
                int number = NumberAt(bytes, (int)(block * layout.BytesOfBlock), (int)(k % layout.Block), layout.Bits);
                weights[(row * layout.Depth) + k] = (number - zeros[block]) * steps[block];
            }
        }

        return weights;
    }

    private static void Guard(NodeFacts node)
    {
        DataType element = Guards.Real(node, 0);
        Guards.Rank(node, 0, 1);
        Layout layout = Layout.Of(node.Attributes);
        if (layout.Bits is not (2 or 4 or 8) || layout.Depth < 1 || layout.Rows < 1 || layout.Block < SmallestBlock || !long.IsPow2(layout.Block)
            || layout.Depth > int.MaxValue || layout.Rows > int.MaxValue || layout.Block > int.MaxValue)
        {
            throw node.Malformed(
                $"K {layout.Depth}, N {layout.Rows}, {layout.Bits} bits and blocks of {layout.Block} are no weights: bits are 2, 4 or 8, blocks powers of two "
                + $"from {SmallestBlock} on");
        }

        if (node.Has(Groups))
        {
            throw node.Unsupported("an order of groups (g_idx)");
        }

        if (node.Shape(0).Dimensions[^1] != layout.Depth)
        {
            throw node.Malformed($"data of shape {node.Shape(0)} does not have rows of {layout.Depth}");
        }

        Fits(node, 1, DataType.UInt8, layout.Rows * layout.Blocks * layout.BytesOfBlock);
        Fits(node, 2, element, layout.Rows * layout.Blocks);
        if (node.Has(ZeroPoints))
        {
            bool packed = node.Element(ZeroPoints) == DataType.UInt8;
            Fits(node, ZeroPoints, packed ? DataType.UInt8 : element, layout.Rows * (packed ? layout.BytesOfZeros : layout.Blocks));
        }

        if (node.Has(Bias))
        {
            Fits(node, Bias, element, layout.Rows);
        }
    }

    private static void Fits(NodeFacts node, int input, DataType element, long count)
    {
        if (node.Element(input) != element || node.Shape(input).Count != count)
        {
            throw node.Malformed($"input {input} must hold {count} elements of {element}, not {node.Type(input)}");
        }
    }

    private static Tensor Multiply(KernelCall call)
    {
        Tensor a = call.Input(0);
        Layout layout = Layout.Of(call.Attributes);
        double[] weights = Unpack(call.Attributes, call.Input(1), call.Input(2), call.Optional(ZeroPoints));
        double[]? bias = call.Optional(Bias) is { } given ? Numbers.ToDoubles(given) : null;
        (int depth, int columns) = ((int)layout.Depth, (int)layout.Rows);
        var y = new double[checked(a.Count / depth * columns)];
        MatrixProduct.Accumulate(a.Count / depth, columns, depth, Numbers.ToDoubles(a), MatrixProduct.Strided(weights, 0, 1, depth, depth), y);
        for (int i = 0; i < y.Length && bias is not null; i++)
        {
            y[i] += bias[i % columns];
        }

        return Numbers.FromDoubles(y, a.Element, new Shape([.. a.Shape.Dimensions[..^1], columns]));
    }

    private static double[] ZerosOf(Layout layout, Tensor? zeroPoints)
    {
        if (zeroPoints is { Element: not DataType.UInt8 })
        {
            return Numbers.ToDoubles(zeroPoints);
        }

        var zeros = new double[layout.Rows * layout.Blocks];
        Array.Fill(zeros, 1 << ((int)layout.Bits - 1));
        for (int i = 0; i < zeros.Length && zeroPoints is not null; i++)
        {
            zeros[i] = NumberAt(zeroPoints.Elements<byte>(), (int)(i / layout.Blocks * layout.BytesOfZeros), (int)(i % layout.Blocks), layout.Bits);
        }

        return zeros;
    }

    private static int NumberAt(byte[] bytes, int origin, int index, long bits)
    {
        int each = BitsOfByte / (int)bits;
        return (bytes[origin + (index / each)] >> (index % each * (int)bits)) & ((1 << (int)bits) - 1);
    }

    /// <summary>How the weights lie.</summary>
    private sealed record Layout(long Rows, long Depth, long Bits, long Block)
    {
        /// <summary>Blocks of a row; the last one may be filled up.</summary>
        public long Blocks => (Depth + Block - 1) / Block;

        public long BytesOfBlock => Block * Bits / BitsOfByte;

        public long BytesOfZeros => ((Blocks * Bits) + BitsOfByte - 1) / BitsOfByte;

        public static Layout Of(Attributes attributes) =>
            new(attributes.Int("N", 0), attributes.Int("K", 0), attributes.Int("bits", 4), attributes.Int("block_size", 0));
    }
}
