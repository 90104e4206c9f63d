using Attune.Kernels;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>Random quantised networks mean the same before and after all passes.</summary>
public sealed class RandomQuantisedNetworkTests
{
    private const float Scale = 0.03f;

    // Sums are rounded to single precision at other places, which may move a byte by a step, and that byte those after it.
    private const int Steps = 2;

    [Fact]
    public void All_passes_keep_the_meaning()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            Network network = Build(seed);
            Network rewritten = QuantisedEquivalence.Default(network, Steps, Steps * Scale, varied: false);
            rewritten.Nodes.ShouldNotContain(node => node.Operator.Contains("QLinear", StringComparison.Ordinal), network.Name);
            foreach (Node node in rewritten.Nodes.Where(node => node.Operator == FusedOperators.Convolution))
            {
                rewritten.TypeOf(node.Inputs[1]).Element.ShouldBe(DataType.Int8, $"{network.Name}: {node}");
            }
        }
    }

    private static Network Build(int seed)
    {
        var s = new QuantisedSketch(seed);
        var random = new Random(seed);
        string start = s.Store(s.B.Input("x", 1, 4, 6, 6), Scale, (sbyte)0);
        List<(string Bytes, bool Signed, int Zero)> values = [(start, true, 0)];
        for (int step = random.Next(3, 9); step > 0; step--)
        {
            (string bytes, bool signed, int zero) = random.Next(4) > 0 ? values[^1] : values[random.Next(values.Count)];
            (string other, bool otherSigned, int otherZero) = values[random.Next(values.Count)];
            string Zero(bool isSigned, int value) => isSigned ? s.Scalar((sbyte)value) : s.Scalar((byte)value);
            string Real(string value, bool isSigned, int at) => s.Add("DequantizeLinear", [value, s.Scalar(Scale), Zero(isSigned, at)]);
            bool resultSigned = random.Next(2) == 0;
            int resultZero = random.Next(3) switch
            {
                0 => resultSigned ? -128 : 0,
                1 => resultSigned ? 0 : 128,
                _ => random.Next(0, 100),
            };
            string scale = s.Scalar(Scale);
            string result = Zero(resultSigned, resultZero);
            string Store(string real) => s.Add("QuantizeLinear", [real, scale, result]);
            string[] parameters = [s.Scalar(Scale), Zero(signed, zero)];
            switch (random.Next(11))
            {
                case 0 or 1:
                    string y = s.Convolution(Real(bytes, signed, zero), Scale, 4, 4, 1);
                    values.Add((Store(random.Next(2) == 0 ? s.Add("Relu", [y]) : y), resultSigned, resultZero));
                    break;
                case 2:
                    string[] layer =
                    [
                        bytes, .. parameters, s.Constant(s.Signed(4, 1, 3, 3)), s.Constant(s.Scales(4)), s.Constant(Tensor.Vector<sbyte>(0, 0, 0, 0)),
                        scale, result,
                    ];
                    values.Add((s.Add("QLinearConv", layer, ("group", 4), ("pads", new long[] { 1, 1, 1, 1 })), resultSigned, resultZero));
                    break;
                case 3 when signed == otherSigned && signed == resultSigned:
                    string[] both = [bytes, .. parameters, other, s.Scalar(Scale), Zero(otherSigned, otherZero), scale, result];
                    values.Add((s.Add("com.microsoft.QLinearAdd", both), resultSigned, resultZero));
                    break;
                case 4 when signed == resultSigned:
                    values.Add((s.Add("com.microsoft.QLinearSigmoid", [bytes, .. parameters, scale, result]), resultSigned, resultZero));
                    break;
                case 5:
                    string pooled = s.Add("MaxPool", [bytes], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
                    values.Add((pooled, signed, zero));
                    break;
                case 6:
                    values.Add((s.Add("Transpose", [bytes], ("perm", new long[] { 0, 1, 3, 2 })), signed, zero));
                    break;
                case 7:
                    string moved = s.Add("Transpose", [Real(bytes, signed, zero)], ("perm", new long[] { 0, 1, 3, 2 }));
                    values.Add((Store(s.Convolution(moved, Scale, 4, 4, 1)), resultSigned, resultZero));
                    break;
                case 8:
                    string sum = s.Add("Add", [Real(bytes, signed, zero), Real(other, otherSigned, otherZero)]);
                    values.Add((Store(s.Add("Relu", [sum])), resultSigned, resultZero));
                    break;
                case 9:
                    values.Add((s.Add("QuantizeLinear", [Real(bytes, signed, zero), .. parameters]), signed, zero));
                    break;
                default:
                    string fused = s.Add("Add", [s.Convolution(Real(bytes, signed, zero), Scale, 4, 4, 1), Real(other, otherSigned, otherZero)]);
                    values.Add((Store(s.Add("Relu", [fused])), resultSigned, resultZero));
                    break;
            }
        }

        (string last, bool lastSigned, int lastZero) = values[^1];
        return s.Finish(s.Add("DequantizeLinear", [last, s.Scalar(Scale), lastSigned ? s.Scalar((sbyte)lastZero) : s.Scalar((byte)lastZero)]));
    }
}
