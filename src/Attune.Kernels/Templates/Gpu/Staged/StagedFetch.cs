using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>
/// All lanes of a group together bring a piece of an operand into the group's memory, every element once, lanes side by side what lies side by side. What
/// depends on a lane's row or column alone is computed once, before all steps.
/// </summary>
internal sealed class StagedFetch
{
    private readonly StagedOperand operand;
    private readonly StagedAxis axis;
    private readonly int depth;
    private readonly int pitch;
    private readonly bool isDeep;
    private readonly int width;
    private readonly int lanes;
    private readonly ImmutableArray<Index> inner;
    private readonly ImmutableArray<AddressPart> places;
    private readonly RegisterTile ahead;
    private readonly RegisterTile passing;
    private readonly LoopVariable first = new("first");
    private readonly LoopVariable at = new("at");
    private readonly Index lane;

    /// <summary>Prepares the fetching.</summary>
    /// <param name="operand">What is fetched.</param>
    /// <param name="axis">Its rows or columns.</param>
    /// <param name="total">Length of the axis summed over.</param>
    /// <param name="shape">The product.</param>
    /// <param name="lane">Number of the lane in its group.</param>
    /// <param name="isLeft">It is the left operand.</param>
    public StagedFetch(StagedOperand operand, StagedAxis axis, int total, StagedShape shape, Index lane, bool isLeft)
    {
        (this.operand, this.axis, Total, this.lane) = (operand, axis, total, lane);
        (depth, lanes) = (shape.StepDepth, shape.Lanes);
        isDeep = isLeft ? shape.IsLeftDeep : shape.IsRightDeep;
        pitch = isLeft ? shape.LeftPitch : shape.RightPitch;
        width = HasFours(shape) ? Four.Width : 1;
        inner = lanes >= Inner ? [at] : [.. Enumerable.Range(0, (Inner + lanes - 1) / lanes).Select(number => lane + (Index)((long)number * lanes))];
        places = isDeep ? [] : [.. inner.Select(place => axis.Readable(place * width, width).Then(operand.Place))];
        ahead = new RegisterTile(isLeft ? "na" : "nb", inner.Length * Rounds * width);
        passing = new RegisterTile(isLeft ? "pa" : "pb", width);
    }

    private int Total { get; }

    // Pieces of as many numbers as are fetched at once.
    private int Inner => (isDeep ? depth : axis.Split.Tile) / width;

    private int Outer => isDeep ? axis.Split.Tile : depth;

    // Lines along the inner axis that are fetched at once.
    private int Lines => Math.Max(1, lanes / Inner);

    private int Rounds => (Outer + Lines - 1) / Lines;

    /// <summary>Numbers that a lane fetches at most.</summary>
    /// <param name="lanes">Lanes of a group.</param>
    /// <param name="depth">Depth of a piece.</param>
    /// <param name="tile">Rows or columns of a piece.</param>
    /// <param name="isDeep">Neighbours in memory differ in depth.</param>
    /// <param name="width">Numbers that are fetched at once.</param>
    public static int CountOf(int lanes, int depth, int tile, bool isDeep, int width)
    {
        (int inner, int outer) = isDeep ? (depth / width, tile) : (tile / width, depth);
        int lines = Math.Max(1, lanes / inner);
        return (inner + lanes - 1) / lanes * ((outer + lines - 1) / lines) * width;
    }

    /// <summary>What is bound once.</summary>
    public ImmutableArray<Statement> Before() =>
    [
        .. lanes >= Inner
            ? new Statement[] { new Let(first, IndexOperation.Divide, lane, Inner), new Let(at, IndexOperation.Remainder, lane, Inner) }
            : [],
        .. places.SelectMany(place => place.Bindings),
    ];

    /// <summary>From the operand straight to the group's memory.</summary>
    /// <param name="begin">First depth of the piece.</param>
    /// <param name="memory">The group's memory, and where the piece lies in it.</param>
    public ImmutableArray<Statement> Bring(Index begin, (Buffer Buffer, Index Offset) memory) =>
        Each(LoopKind.Serial, (_, element) => width == 1 && operand.Compute is null
            ? Read(element, begin, from =>
                [new Store(memory.Buffer, memory.Offset + To(element), from is { } at ? Loaded(at.Offset) : new Constant(0))])
            : [.. Read(element, begin, from => Kept(passing, 0, from)), .. Written(memory, element, passing, 0)]);

    /// <summary>From the operand to registers.</summary>
    /// <param name="begin">First depth of the piece.</param>
    public ImmutableArray<Statement> Take(Index begin) =>
        Each(LoopKind.Unrolled, (number, element) => Read(element, begin, from => Kept(ahead, number * width, from)));

    /// <summary>From the registers to the group's memory.</summary>
    /// <param name="memory">The group's memory, and where the piece lies in it.</param>
    public ImmutableArray<Statement> Put((Buffer Buffer, Index Offset) memory) =>
        Each(LoopKind.Unrolled, (number, element) => Written(memory, element, ahead, number * width));

    // Four at once where they lie next to each other in the operand, in the group's memory too, or there one below the other.
    private bool HasFours(StagedShape shape) =>
        shape.Width == Four.Width && operand.HasFours
        && (isDeep
            ? Four.Divides(Total) && Four.Divides(depth)
            : Four.Divides(axis.Extent) && Four.Divides(axis.Split.Tile) && Four.Divides(pitch) && shape.HasAlignedPieces);

    private Value Loaded(Index from) => GpuWeights.Scaled(new Load(operand.Buffer, from), operand.Factor);

    private ImmutableArray<Statement> Kept(RegisterTile tile, Index first, (Index Offset, Index Depth)? from) =>
        (from, width) switch
        {
            ({ } at, _) when operand.Compute is { } compute => compute(at.Offset, at.Depth, tile, first),
            ({ } at, 1) => [new Assign(tile, [first], Loaded(at.Offset))],
            ({ } at, _) => [new LoadFour(tile, [first], operand.Buffer, at.Offset)],
            _ => [.. Enumerable.Range(0, width).Select(number => new Assign(tile, [first + number], new Constant(0)))],
        };

    private ImmutableArray<Statement> Written((Buffer Buffer, Index Offset) memory, Element element, RegisterTile tile, Index first) =>
        width > 1 && !isDeep
            ? [new StoreFour(memory.Buffer, memory.Offset + To(element), tile, [first])]
            : [.. Enumerable.Range(0, width).Select(number =>
                new Store(memory.Buffer, memory.Offset + To(element) + (number * pitch), new Read(tile, [first + number])))];

    private ImmutableArray<Statement> Each(LoopKind kind, Func<Index, Element, ImmutableArray<Statement>> one)
    {
        var round = new LoopVariable("i");
        Index line = lanes >= Inner ? (Index)first + ((Index)round * Lines) : round;
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int i = 0; i < inner.Length; i++)
        {
            Element element = isDeep ? new Element(inner[i] * width, line, null) : new Element(line, inner[i] * width, places[i]);
            ImmutableArray<Statement> each = one((Index)round + (i * Rounds), element);
            bool reaches = lanes < Inner && (i + 1) * lanes > Inner;
            body.AddRange(reaches ? [new When(inner[i], Comparison.Less, Inner, each, [])] : each);
        }

        ImmutableArray<Statement> whole = body.ToImmutable();
        whole = Outer % Lines == 0 ? whole : [new When(line, Comparison.Less, Outer, whole, [])];
        whole = lanes < Inner || lanes % Inner == 0 ? whole : [new When(first, Comparison.Less, Lines, whole, [])];
        return [new Loop(round, 0, Rounds, 1, kind, whole)];
    }

    // Past the end of what is summed over there are zeros: nothing is read from there.
    private ImmutableArray<Statement> Read(Element element, Index begin, Func<(Index Offset, Index Depth)?, ImmutableArray<Statement>> keep)
    {
        AddressPart place = element.Known is { } known ? new AddressPart([], known.Offset) : axis.Readable(element.Place).Then(operand.Place);
        AddressPart deep = operand.Depth(begin + element.Depth);
        ImmutableArray<Statement> body = [.. place.Bindings, .. deep.Bindings, .. keep((place.Offset + deep.Offset, begin + element.Depth))];
        return Total % depth == 0 ? body : [new When(begin + element.Depth, Comparison.Less, Total, body, keep(null))];
    }

    private Index To(Element element) => (element.Depth * pitch) + element.Place;

    private sealed record Element(Index Depth, Index Place, AddressPart? Known);
}
