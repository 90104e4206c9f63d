using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Gpu.Staged;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A depthwise convolution and the pointwise one after it: a matrix product whose right operand, the finished result of the depthwise convolution at a channel
/// and a position, is computed by the lanes of a group as they bring it into the group's memory. Weights and biases of the first lie before those of the
/// second.
/// </summary>
internal sealed class FusedPairProgram
{
    private readonly ConvolutionWorkload first;
    private readonly ConvolutionWorkload second;
    private readonly FusedPairPlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly GemmPlaces places;
    private readonly int together;
    private readonly RegisterTile scratch = new("u", 1);
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");

    private FusedPairProgram(FusedPairPlan plan, KernelSignature binding)
    {
        (this.plan, this.binding) = (plan, binding);
        (first, second) = (plan.Pair.First, plan.Pair.Second);
        output = new GpuOutput(binding);
        places = new GemmPlaces(second, binding, output.Views);
        together = plan.Product.Shape.HasColumnFours && Four.Divides(plan.Product.Extent.Columns) && places.HasOutputFours ? Four.Width : 1;
    }

    /// <summary>The program of a plan.</summary>
    public static LoopProgram Build(FusedPairPlan plan, KernelSignature binding) => new FusedPairProgram(plan, binding).Program();

    private LoopProgram Program()
    {
        GemmPlan product = plan.Product;
        var rows = new StagedAxis(product.Shape.Rows, (Index)by * product.Shape.Rows.Tile, product.Extent.Rows);
        var columns = new StagedAxis(product.Shape.Columns, (Index)bx * product.Shape.Columns.Tile, product.Extent.Columns);
        int after = FusedPairTemplate.DepthwiseFloats(plan.Pair);
        var weights = new StagedOperand(W, channel => channel + after, depth => depth * second.OutChannels) { HasFours = Four.Divides(second.OutChannels) };
        var between = new StagedOperand(X, Window, channel => channel * binding.Input.Block) { Compute = Depthwise };
        var staged = new StagedProduct(product.Shape, (rows, weights), (columns, between), product.Extent.Depth);
        Statement lanes = staged.Lanes(OfPosition, together);
        var across = new Loop(bx, 0, product.ColumnGroups, 1, LoopKind.Group, [lanes]);
        var grid = new Loop(by, 0, product.RowGroups, 1, LoopKind.Group, [across], 1);
        return new LoopProgram(plan.Pair.Key, 1, [X, W, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = staged.GroupMemory,
        };
    }

    /// <summary>Where the part of the first channel begins that a position reads.</summary>
    private AddressPart Window(Index position)
    {
        var (bindings, image, row, column) = places.Decoded(position);
        Index y = (row * first.StrideHeight) - first.Padding.Top;
        Index x = (column * first.StrideWidth) - first.Padding.Left;
        return new AddressPart(bindings, GpuOutput.Place(binding.Input, image, 0, y, x));
    }

    private ImmutableArray<Statement> Depthwise(Index from, Index channel, RegisterTile into, Index at)
    {
        Epilogue inner = binding.Inner ?? Epilogue.Typical;
        var (row, column) = (new LoopVariable("ky"), new LoopVariable("kx"));
        var input = new Load(
            X, from + ((Index)row * (first.DilationHeight * binding.Input.Row)) + ((Index)column * (first.DilationWidth * binding.Input.Pixel)));
        var weight = new Load(W, (channel * (first.KernelHeight * first.KernelWidth)) + ((Index)row * first.KernelWidth) + column);
        var product = new Assign(into, [at], new MultiplyAdd(input, weight, new Read(into, [at])));
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.Add(new Assign(into, [at], inner.HasBias ? new Load(Bias, channel) : new Constant(0)));
        body.Add(new Loop(row, 0, first.KernelHeight, 1, LoopKind.Serial, [new Loop(column, 0, first.KernelWidth, 1, LoopKind.Unrolled, [product])]));
        Activations.Append(body, into, [at], inner, scratch);
        return body.ToImmutable();
    }

    private (ImmutableArray<Statement> Bindings, StagedProduct.Finish Finish) OfPosition(Index position)
    {
        var (bindings, image, row, column) = places.OfOutput(position);
        int biases = WeightPacking.BiasCount(first);
        return (bindings, (sums, at, channel) => together == 1
            ? [.. output.AddBias(sums, at, channel + biases), .. output.Store(sums, at, image, channel, row, column)]
            :
            [
                .. Four.From(at).SelectMany(one => output.AddBias(sums, one, channel + biases)),
                .. output.StoreFour(sums, at, image, channel, row, column),
            ]);
    }
}
