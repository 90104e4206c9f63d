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
    private readonly RegisterTile added = new("r", Four.Width);

    /// <summary>Where outputs go, and where what is added to them comes from.</summary>
    public IEnumerable<ActivationView> Views => binding.Epilogue.HasResidual ? [binding.Output, binding.Residual] : [binding.Output];

    /// <summary>The place of an element of a view whose channels follow each other one by one.</summary>
    public static Index Place(ActivationView view, Index image, Index channel, Index row, Index column) =>
        (Index)view.Origin + (image * view.Batch) + (channel * view.Block) + (row * view.Row) + (column * view.Pixel);

    /// <summary>What a sum begins with.</summary>
    public Value Initial(Index channel) => binding.Epilogue.HasBias ? new Load(Bias, channel) : new Constant(0);

    /// <summary>Adds the bias to a sum that did not begin with it.</summary>
    public ImmutableArray<Statement> AddBias(RegisterTile sums, ImmutableArray<Index> at, Index channel) =>
        binding.Epilogue.HasBias ? [new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), new Load(Bias, channel)))] : [];

    /// <summary>Finishes four sums whose columns follow each other in memory, from a multiple of four on, and stores them at once.</summary>
    public ImmutableArray<Statement> StoreFour(RegisterTile sums, ImmutableArray<Index> first, Index image, Index channel, Index row, Index column)
    {
        ImmutableArray<Index>[] all = Four.From(first);
        var body = ImmutableArray.CreateBuilder<Statement>();
        if (binding.Epilogue.HasResidual)
        {
            body.Add(new LoadFour(added, [0], Residual, Place(binding.Residual, image, channel, row, column)));
            body.AddRange(all.Select((at, number) =>
                new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), new Read(added, [number])))));
        }

        Array.ForEach(all, at => Activations.Append(body, sums, at, binding.Epilogue, scratch));
        body.Add(new StoreFour(Y, Place(binding.Output, image, channel, row, column), sums, first));
        return body.ToImmutable();
    }

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
