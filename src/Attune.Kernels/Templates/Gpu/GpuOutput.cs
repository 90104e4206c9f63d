using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The end of every kernel of one sum per output: bias, residual, activation, store.</summary>
/// <param name="binding">Where the operands lie.</param>
internal sealed class GpuOutput(KernelSignature binding)
{
    private readonly RegisterTile scratch = new("t", 1);

    /// <summary>The place of an element of a view whose channels follow each other one by one.</summary>
    public static Index Place(ActivationView view, Index image, Index channel, Index row, Index column) =>
        (Index)view.Origin + (image * view.Batch) + (channel * view.Block) + (row * view.Row) + (column * view.Pixel);

    /// <summary>What a sum begins with.</summary>
    public Value Initial(Index channel) => binding.Epilogue.HasBias ? new Load(Bias, channel) : new Constant(0);

    /// <summary>Finishes a sum and stores it.</summary>
    public ImmutableArray<Statement> Store(RegisterTile sums, ImmutableArray<Index> at, Index image, Index channel, Index row, Index column)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        if (binding.Epilogue.HasResidual)
        {
            var residual = new Load(Residual, Place(binding.Residual, image, channel, row, column));
            body.Add(new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), residual)));
        }

        Activations.Append(body, sums, at, binding.Epilogue, scratch);
        body.Add(new Store(Y, Place(binding.Output, image, channel, row, column), new Read(sums, at)));
        return body.ToImmutable();
    }
}
