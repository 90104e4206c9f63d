using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// Sums, differences and copies of bytes as bytes of another scale: factors, zeros and the output's scale become one factor for each operand and one summand,
/// so that a vector of results costs two multiply-adds. An activation that commutes with a positive factor is applied to numbers over the output's scale.
/// </summary>
internal sealed class ByteSum
{
    private readonly float left;
    private readonly float right;
    private readonly float summand;
    private readonly Epilogue activation;
    private readonly QuantizationScale output;
    private readonly RegisterTile value = new("v", 1);
    private readonly RegisterTile scratch = new("t", 1);

    private ByteSum(QuantizationScale a, QuantizationScale b, double sign, QuantizationScale output, Epilogue activation)
    {
        left = (float)((double)a.Scale / output.Scale);
        right = (float)(sign * b.Scale / output.Scale);
        summand = (float)(-(((double)a.Zero * a.Scale) + (sign * b.Zero * b.Scale)) / output.Scale);
        this.output = output;
        this.activation = activation with { Alpha = (float)((double)activation.Alpha / output.Scale), Beta = (float)((double)activation.Beta / output.Scale) };
    }

    /// <summary>The sum that an element-wise operator is; null when it is none, or not of bytes.</summary>
    /// <param name="w">Operator.</param>
    /// <param name="signature">Its scales.</param>
    public static ByteSum? Of(ElementwiseWorkload w, KernelSignature signature)
    {
        if (signature is not { InputScale: { } a, OutputScale: { } output } || !RequantizationTable.Commutes(w.Activation.Activation))
        {
            return null;
        }

        return (w.Operation, signature.ResidualScale) switch
        {
            (null, _) => new ByteSum(a, new QuantizationScale(1, 0), 0, output, w.Activation),
            ("Add", { } b) => new ByteSum(a, b, 1, output, w.Activation),
            ("Sub", { } b) => new ByteSum(a, b, -1, output, w.Activation),
            _ => null,
        };
    }

    /// <summary>The statements for one vector.</summary>
    public ImmutableArray<Statement> Statements(Buffer a, Index atA, Buffer b, Index atB, Buffer y, Index atY)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        Value rest = right == 0
            ? new Constant(summand)
            : new MultiplyAdd(new Load(b with { Element = DataType.UInt8 }, atB), new Constant(right), new Constant(summand));
        body.Add(new Assign(value, [0], new MultiplyAdd(new Load(a with { Element = DataType.UInt8 }, atA), new Constant(left), rest)));
        Activations.Append(body, value, [0], activation, scratch);

        // The numbers are over the scale already.
        body.Add(NarrowAccess.Store(y with { Element = DataType.UInt8 }, atY, new Read(value, [0]), output, output.Scale));
        return body.ToImmutable();
    }
}
