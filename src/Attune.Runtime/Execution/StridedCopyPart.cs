using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Runs a <see cref="StridedCopy"/>. Rows of the innermost axis are split among the members.</summary>
internal sealed unsafe class StridedCopyPart : StepPart
{
    private readonly StridedCopy copy;
    private readonly Storage input;
    private readonly Storage output;
    private readonly int rows;

    public StridedCopyPart(StridedCopy copy, Storage input, Storage output)
    {
        this.copy = copy;
        this.input = input;
        this.output = output;
        rows = copy.Extents[..^1].Aggregate(1, (product, extent) => product * extent);
    }

    public override void Run(RunContext context, int member, int members)
    {
        switch (output.Element)
        {
            case DataType.UInt8:
                Run<byte>(context, member, members);
                break;
            case DataType.BFloat16:
                Run<BFloat16>(context, member, members);
                break;
            default:
                Run<float>(context, member, members);
                break;
        }
    }

    private void Run<T>(RunContext context, int member, int members)
        where T : unmanaged
    {
        // A copy of one row is split within the row.
        int columns = copy.Extents[^1];
        if (rows == 1)
        {
            int begin = (int)((long)columns * member / members);
            Row<T>(context, 0, 0, begin, (int)((long)columns * (member + 1) / members) - begin);
            return;
        }

        int depth = copy.Extents[^2];
        long last = (long)rows * (member + 1) / members;
        for (long row = (long)rows * member / members; row < last;)
        {
            long first = row % depth;
            long count = Math.Min(depth - first, last - row);
            (long from, long to) = Origin(row);
            for (long i = 0; i < count; i++)
            {
                Row<T>(context, from + (i * copy.FromSteps[^2]), to + (i * copy.ToSteps[^2]), 0, columns);
            }

            row += count;
        }
    }

    private void Row<T>(RunContext context, long from, long to, int begin, int count)
        where T : unmanaged
    {
        long step = copy.FromSteps[^1];
        long stride = copy.ToSteps[^1];
        T* source = (T*)context.AddressOf(input) + copy.FromOrigin + from + (begin * step);
        T* target = (T*)context.AddressOf(output) + copy.ToOrigin + to + (begin * stride);
        if (step == 1 && stride == 1)
        {
            new ReadOnlySpan<T>(source, count).CopyTo(new Span<T>(target, count));
            return;
        }

        for (int column = 0; column < count; column++)
        {
            target[column * stride] = source[column * step];
        }
    }

    private (long From, long To) Origin(long row)
    {
        long from = 0;
        long to = 0;
        for (int axis = copy.Extents.Length - 2; axis >= 0; axis--)
        {
            long place = row % copy.Extents[axis];
            from += place * copy.FromSteps[axis];
            to += place * copy.ToSteps[axis];
            row /= copy.Extents[axis];
        }

        return (from, to);
    }
}
