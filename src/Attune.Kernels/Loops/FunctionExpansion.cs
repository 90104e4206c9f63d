using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// Spells out exp, tanh and the tail of the normal distribution in arithmetic, so that they run at any vector width without a call (a call would
/// spill all vector registers). Steps go through temporary registers, because a remainder or a square is read several times. Coefficients are
/// minimax fits of the relative error made for this file with a reweighted least-squares iteration, so that small results are as good as large
/// ones; the tests measure the errors against double precision.
/// </summary>
internal sealed class FunctionExpansion : Rewriter
{
    // Adding 1.5 * 2^23 leaves the nearest integer in the low bits; 127 more makes those bits a biased exponent.
    private const float Rounder = 12_583_039;

    // ln 2 in two parts; the first has few bits, so that its multiples are exact where multiply and add are not fused.
    private const float LogarithmOfTwo = 0.693359375f;
    private const float RestOfLogarithmOfTwo = -2.12194440e-4f;

    // exp(r) = 1 + r + r^2 (...) for |r| <= ln 2 / 2, lowest power first.
    private static readonly float[] ExponentialSeries = [0.499999940f, 0.166665196f, 0.0416683927f, 0.00836878177f, 0.00138144509f];

    // Q(x) = exp(-x^2 / 2) P(x) / R(x) for x >= 0; from TailEnd on the exponential is zero.
    private const float TailEnd = 14;
    private static readonly float[] TailNumerator = [0.5f, 0.435937256f, 0.181491435f, 0.0400461033f, 0.00402929587f];
    private static readonly float[] TailDenominator = [1, 1.66975939f, 1.19525397f, 0.464867651f, 0.100387983f, 0.0100998068f];

    // tanh(x) = x P(x^2) / R(x^2). At TangentEnd the quotient lies a few units above one, so that what is cut off at one is one.
    private const float TangentEnd = 9.7f;
    private static readonly float[] TangentNumerator = [1, 0.133744135f, 0.00348773738f, 2.04799853e-05f, 1.31759004e-08f];
    private static readonly float[] TangentDenominator = [1, 0.467077285f, 0.025847109f, 0.000327279995f, 7.70337181e-07f];

    private readonly RegisterTile temporaries = new("f", 256);
    private int used;

    private FunctionExpansion()
    {
    }

    /// <summary>The program without functions; the program itself has no unrolled loops left.</summary>
    public static LoopProgram Run(LoopProgram program) => new FunctionExpansion().Rewrite(program);

    protected override void Rewrite(Statement statement)
    {
        used = 0;
        base.Rewrite(statement);
    }

    protected override Value Rewrite(Value value) => value switch
    {
        Unary { Operation: UnaryOperation.Exponential } function => Exponential(Rewrite(function.Operand)),
        Unary { Operation: UnaryOperation.NormalTail } function => NormalTail(Rewrite(function.Operand)),
        Unary { Operation: UnaryOperation.HyperbolicTangent } function => HyperbolicTangent(Rewrite(function.Operand)),
        _ => base.Rewrite(value),
    };

    /// <summary>2^n exp(r) with n the nearest integer to x / ln 2. Below -88.1 the result is zero, from 88.4 on infinity; NaN stays.</summary>
    private Read Exponential(Value argument)
    {
        Read x = Keep(Between(argument, -88.1f, 88.8f));
        Read rounded = Keep(new MultiplyAdd(x, new Constant(1.44269504f), new Constant(Rounder)));
        Read n = Keep(new Binary(BinaryOperation.Subtract, rounded, new Constant(Rounder)));
        Value rough = new MultiplyAdd(n, new Constant(-LogarithmOfTwo), x);
        Read r = Keep(new MultiplyAdd(n, new Constant(-RestOfLogarithmOfTwo), rough));
        Value series = new MultiplyAdd(new MultiplyAdd(Polynomial(ExponentialSeries, r), r, new Constant(1)), r, new Constant(1));
        return Keep(new Binary(BinaryOperation.Multiply, series, new Unary(UnaryOperation.ShiftToExponent, rounded)));
    }

    private Read NormalTail(Value argument)
    {
        Read x = Keep(new Binary(BinaryOperation.Minimum, new Constant(TailEnd), new Unary(UnaryOperation.Absolute, argument)));
        var exponent = new Binary(BinaryOperation.Multiply, new Binary(BinaryOperation.Multiply, x, new Constant(-0.5f)), x);
        var quotient = new Binary(BinaryOperation.Divide, Polynomial(TailNumerator, x), Polynomial(TailDenominator, x));
        return Keep(new Binary(BinaryOperation.Multiply, Exponential(exponent), quotient));
    }

    private Read HyperbolicTangent(Value argument)
    {
        Read x = Keep(Between(argument, -TangentEnd, TangentEnd));
        Read square = Keep(new Binary(BinaryOperation.Multiply, x, x));
        var numerator = new Binary(BinaryOperation.Multiply, x, Polynomial(TangentNumerator, square));
        return Keep(Between(new Binary(BinaryOperation.Divide, numerator, Polynomial(TangentDenominator, square)), -1, 1));
    }

    // The value stands on the right of minimum and maximum, so that NaN passes.
    private static Binary Between(Value value, float low, float high) =>
        new(BinaryOperation.Maximum, new Constant(low), new Binary(BinaryOperation.Minimum, new Constant(high), value));

    private static Value Polynomial(float[] coefficients, Value x)
    {
        Value sum = new Constant(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--)
        {
            sum = new MultiplyAdd(sum, x, new Constant(coefficients[i]));
        }

        return sum;
    }

    private Read Keep(Value value)
    {
        ImmutableArray<Index> at = [used++];
        Emit(new Assign(temporaries, at, value));
        return new Read(temporaries, at);
    }
}
