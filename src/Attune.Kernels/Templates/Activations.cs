using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// Writes the statements that apply an activation to one register. A value read twice goes through a scratch register, so that no work is repeated.
/// </summary>
internal static class Activations
{
    public static void Append(ImmutableArray<Statement>.Builder body, RegisterTile tile, ImmutableArray<Index> at, Epilogue epilogue, RegisterTile scratch)
    {
        var x = new Read(tile, at);
        Value? result = epilogue.Activation switch
        {
            "none" => null,
            "relu" => new Binary(BinaryOperation.Maximum, new Constant(0), x),
            "clip" => Clip(x, epilogue.Alpha, epilogue.Beta),
            "leaky_relu" => LeakyRelu(x, epilogue.Alpha),
            "sigmoid" => Sigmoid(x),
            "silu" => Multiply(x, Sigmoid(x)),
            "hard_sigmoid" => HardSigmoid(x, epilogue.Alpha, epilogue.Beta),
            "hard_swish" => Multiply(x, HardSigmoid(x, 1f / 6, 0.5f)),
            "tanh" => new Unary(UnaryOperation.HyperbolicTangent, x),
            "gelu_tanh" => GeluTanh(x),
            "gelu" => Gelu(body, x, scratch),
            _ => throw new ArgumentOutOfRangeException(nameof(epilogue), epilogue.Activation, "Unknown activation."),
        };
        if (result is not null)
        {
            body.Add(new Assign(tile, at, result));
        }
    }

    private static Value Clip(Value x, float lower, float upper)
    {
        // The value stands on the right of maximum and minimum so that NaN passes through, as in ONNX.
        Value above = float.IsNegativeInfinity(lower) ? x : new Binary(BinaryOperation.Maximum, new Constant(lower), x);
        return float.IsPositiveInfinity(upper) ? above : new Binary(BinaryOperation.Minimum, new Constant(upper), above);
    }

    private static Value LeakyRelu(Value x, float slope) =>
        Add(new Binary(BinaryOperation.Maximum, new Constant(0), x), Multiply(new Constant(slope), new Binary(BinaryOperation.Minimum, new Constant(0), x)));

    private static Value Sigmoid(Value x) =>
        new Binary(BinaryOperation.Divide, new Constant(1), Add(new Constant(1), new Unary(UnaryOperation.Exponential, new Unary(UnaryOperation.Negate, x))));

    private static Value HardSigmoid(Value x, float slope, float offset) => Clip(new MultiplyAdd(x, new Constant(slope), new Constant(offset)), 0, 1);

    /// <summary>x Phi(x), with Phi(x) = Q(|x|) below zero and 1 - Q(|x|) above, so that nothing cancels in the tail.</summary>
    private static MultiplyAdd Gelu(ImmutableArray<Statement>.Builder body, Value x, RegisterTile scratch)
    {
        body.Add(new Assign(scratch, [0], new Unary(UnaryOperation.NormalTail, x)));
        var tail = new Read(scratch, [0]);
        Value above = Multiply(new Binary(BinaryOperation.Maximum, new Constant(0), x), new Binary(BinaryOperation.Subtract, new Constant(1), tail));
        return new MultiplyAdd(new Binary(BinaryOperation.Minimum, new Constant(0), x), tail, above);
    }

    /// <summary>x (1 + tanh u) / 2 = x / (1 + exp(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3): the second form does not cancel.</summary>
    private static Binary GeluTanh(Value x)
    {
        const float linear = -2 * 0.7978845608f;
        Value exponent = Multiply(x, new MultiplyAdd(Multiply(x, x), new Constant(linear * 0.044715f), new Constant(linear)));
        return new Binary(BinaryOperation.Divide, x, Add(new Constant(1), new Unary(UnaryOperation.Exponential, exponent)));
    }

    private static Value Add(Value a, Value b) => new Binary(BinaryOperation.Add, a, b);

    private static Value Multiply(Value a, Value b) => new Binary(BinaryOperation.Multiply, a, b);
}
