using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Permutes the axes of dense memory. Rows of the result are split among the members; axes that stay together are copied as one.</summary>
internal sealed unsafe class TransposePart : StepPart
{
    private readonly Storage input;
    private readonly Storage output;
    private readonly int[] extents;
    private readonly long[] steps;
    private readonly int rows;

    public TransposePart(Storage input, Storage output, Shape shape, ImmutableArray<long>? order)
    {
        this.input = input;
        this.output = output;
        int[] axes = order is { } given ? [.. given.Select(axis => (int)axis)] : [.. Enumerable.Range(0, shape.Rank).Reverse()];
        long[] strides = shape.Strides();
        var merged = new List<(int Extent, long Step)> { (1, 1) };
        foreach (int axis in axes.Where(axis => shape[axis] != 1))
        {
            (int extent, long step) = merged[^1];
            if (step == strides[axis] * shape[axis] || merged is [(1, _)])
            {
                merged[^1] = (extent * shape[axis], strides[axis]);
            }
            else
            {
                merged.Add((shape[axis], strides[axis]));
            }
        }

        extents = [.. merged.Select(axis => axis.Extent)];
        steps = [.. merged.Select(axis => axis.Step)];
        rows = extents[..^1].Aggregate(1, (product, extent) => product * extent);
    }

    public override void Run(RunContext context, int member, int members)
    {
        // Rows may be as short as two elements, so what is known of a whole plane of them is worked out once.
        int columns = extents[^1];
        long step = steps[^1];
        int depth = extents.Length > 1 ? extents[^2] : 1;
        long stride = extents.Length > 1 ? steps[^2] : 0;
        long last = (long)rows * (member + 1) / members;
        for (long row = (long)rows * member / members; row < last;)
        {
            long first = row % depth;
            long count = Math.Min(depth - first, last - row);
            float* from = context.AddressOf(input) + Origin(row);
            float* to = context.AddressOf(output) + (row * columns);
            row += count;
            for (long i = 0; i < count; i++, from += stride, to += columns)
            {
                if (step == 1)
                {
                    new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(to, columns));
                    continue;
                }

                for (int column = 0; column < columns; column++)
                {
                    to[column] = from[column * step];
                }
            }
        }
    }

    private long Origin(long row)
    {
        long origin = 0;
        for (int axis = extents.Length - 2; axis >= 0; axis--)
        {
            origin += row % extents[axis] * steps[axis];
            row /= extents[axis];
        }

        return origin;
    }
}
