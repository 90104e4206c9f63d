using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Quantized;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Matrix tiles of bytes: what becomes of a sum is in the numbers of the <see cref="RequantizationTable"/>.</summary>
internal sealed class ByteTileProgram : TileProgram
{
    private readonly Requantization requantization;

    private ByteTileProgram(QuantizedWorkload w, Configuration c, KernelSignature binding)
        : base(w, c, binding, TileProducts.Bytes) =>
        requantization = new Requantization(w, binding);

    protected override Buffer Added => requantization.Added;

    protected override Buffer Target => requantization.Target;

    public static KernelSource Build(QuantizedWorkload w, Configuration c, KernelSignature binding) => new ByteTileProgram(w, c, binding).Source();

    protected override void Finish(ImmutableArray<Statement>.Builder body, Index sums, Index channel, Index offset, Index residual) =>
        requantization.Append(body, new Conversion(new Load(Sums, sums)), channel, offset, residual);
}
