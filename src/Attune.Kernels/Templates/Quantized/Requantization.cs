using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>Writes the statements that turn sums of a quantised layer into its output, by the numbers of its <see cref="RequantizationTable"/>.</summary>
/// <param name="w">Workload.</param>
/// <param name="signature">Its residual and activation.</param>
internal sealed class Requantization(QuantizedWorkload w, KernelSignature signature)
{
    private readonly Epilogue epilogue = signature.Epilogue;
    private readonly Buffer starts = Bias with { Element = DataType.Int32 };
    private readonly RegisterTile number = new("v", 1);
    private readonly RegisterTile scratch = new("t", 1);

    /// <summary>Where the output goes.</summary>
    public Buffer Target { get; } = Y with { Element = w.OutputElement };

    /// <summary>What the residual is read as.</summary>
    public Buffer Added { get; } = Residual with { Element = signature.ResidualElement };

    private bool IsScaled => RequantizationTable.Commutes(epilogue.Activation);

    /// <summary>What the sum of a vector of channels starts with, an integer.</summary>
    /// <param name="channel">First channel of the vector.</param>
    public Value Start(Index channel) => new Load(starts, channel);

    /// <summary>Appends what becomes of one vector of sums.</summary>
    /// <param name="body">What is appended to.</param>
    /// <param name="sum">The sums, as floats.</param>
    /// <param name="channel">First channel of the vector.</param>
    /// <param name="offset">Where it is stored.</param>
    /// <param name="residual">Where the residual is; not read without.</param>
    public void Append(ImmutableArray<Statement>.Builder body, Value sum, Index channel, Index offset, Index residual)
    {
        ImmutableArray<Index> at = [0];
        body.Add(new Assign(
            number,
            at,
            new MultiplyAdd(sum, new Load(Bias, channel + RequantizationTable.Factors(w)), new Load(Bias, channel + RequantizationTable.Summands(w)))));
        if (epilogue.HasResidual)
        {
            Value added = new Load(Residual, residual);
            if (signature.ResidualElement == DataType.UInt8)
            {
                added = new Binary(
                    BinaryOperation.Subtract, new Load(Residual with { Element = DataType.UInt8 }, residual), Number(RequantizationTable.ResidualZero(w)));
            }

            body.Add(new Assign(number, at, new MultiplyAdd(added, Number(RequantizationTable.ResidualFactor(w)), new Read(number, at))));
        }

        if (epilogue.Activation == "clip")
        {
            // As in ONNX the number stands on the right, so that NaN would pass.
            var below = new Binary(BinaryOperation.Maximum, Number(RequantizationTable.Lower(w)), new Read(number, at));
            body.Add(new Assign(number, at, new Binary(BinaryOperation.Minimum, Number(RequantizationTable.Upper(w)), below)));
        }
        else
        {
            Activations.Append(body, number, at, epilogue, scratch);
        }

        Value result = new Read(number, at);
        if (w.OutputElement == DataType.Float32)
        {
            body.Add(new Store(Target, offset, result));
            return;
        }

        Value scaled = IsScaled ? result : new Binary(BinaryOperation.Multiply, result, Number(RequantizationTable.Inverse(w)));
        body.Add(NarrowAccess.Rounded(Target, offset, scaled, new Broadcast(starts, RequantizationTable.Zero(w))));
    }

    private static Broadcast Number(int at) => new(Bias, at);
}
