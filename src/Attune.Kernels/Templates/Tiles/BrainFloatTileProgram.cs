using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Matrix tiles of brain floats: sums are floats, and everything after them.</summary>
internal sealed class BrainFloatTileProgram : TileProgram
{
    private readonly Epilogue epilogue;
    private readonly RegisterTile number = new("v", 1);
    private readonly RegisterTile temporary = new("t", 1);

    private BrainFloatTileProgram(BFloat16Workload w, Configuration c, KernelSignature binding)
        : base(w, c, binding, TileProducts.BrainFloats)
    {
        epilogue = binding.Epilogue;
        Added = Residual with { Element = binding.ResidualElement };
        Target = Y with { Element = w.OutputElement };
    }

    protected override Buffer Added { get; }

    protected override Buffer Target { get; }

    public static KernelSource Build(BFloat16Workload w, Configuration c, KernelSignature binding) => new BrainFloatTileProgram(w, c, binding).Source();

    protected override void Finish(ImmutableArray<Statement>.Builder body, Index sums, Index channel, Index offset, Index residual)
    {
        ImmutableArray<Index> at = [0];
        body.Add(new Assign(number, at, new Load(Sums, sums)));
        if (epilogue.HasResidual)
        {
            body.Add(new Assign(number, at, new Binary(BinaryOperation.Add, new Read(number, at), new Load(Added, residual))));
        }

        Activations.Append(body, number, at, epilogue, temporary);
        body.Add(new Store(Target, offset, new Read(number, at)));
    }
}
