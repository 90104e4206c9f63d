using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Copies a value from one layout to another.</summary>
internal sealed unsafe class ConvertPart : StepPart
{
    private readonly Storage source;
    private readonly Storage target;
    private readonly Extent extent;
    private readonly ActivationView from;
    private readonly ActivationView to;
    private readonly bool isLine;

    public ConvertPart(Storage source, Storage target, Conversion conversion)
    {
        this.source = source;
        this.target = target;
        (ElementOrder order, extent, from, to) = conversion;
        isLine = order == ElementOrder.Line;
    }

    public override void Run(RunContext context, int member, int members)
    {
        // A managed value has elements of its own type, and is never what says how narrow they are.
        switch (source.IsNarrow ? source.Element : target.Element)
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
        if (source.Kind == StorageKind.Managed)
        {
            T[] data = context.Managed[source.Id]!.Elements<T>();
            if (data.Length != source.Shape.Count)
            {
                throw new InvalidOperationException($"'{source.Value}' was planned as {source.Shape}, but the run made {data.Length} elements.");
            }

            fixed (T* address = data)
            {
                Copy(address, (T*)context.AddressOf(target), member, members);
            }
        }
        else if (target.Kind == StorageKind.Managed)
        {
            if (member == 0)
            {
                var data = new T[target.Shape.Count];
                fixed (T* address = data)
                {
                    Copy((T*)context.AddressOf(source), address, 0, 1);
                }

                context.Managed[target.Id] = Tensor.Of(target.Shape, data);
            }
        }
        else
        {
            Copy((T*)context.AddressOf(source), (T*)context.AddressOf(target), member, members);
        }
    }

    private void Copy<T>(T* source, T* target, int member, int members)
        where T : unmanaged
    {
        if (isLine)
        {
            int begin = (int)((long)extent.Columns * member / members);
            int count = (int)((long)extent.Columns * (member + 1) / members) - begin;
            new ReadOnlySpan<T>(source + begin, count).CopyTo(new Span<T>(target + begin, count));
            return;
        }

        int lanes = this.target.Lanes;
        int blocks = (extent.Channels + lanes - 1) / lanes;
        long lines = (long)extent.Images * blocks * extent.Rows;
        bool clearRest = this.target.Kind == StorageKind.Blocked;
        for (long line = lines * member / members; line < lines * (member + 1) / members; line++)
        {
            long row = line % extent.Rows;
            long block = line / extent.Rows % blocks;
            long image = line / extent.Rows / blocks;
            int valid = Math.Min(lanes, extent.Channels - (int)(block * lanes));
            T* s = source + from.Origin + (image * from.Batch) + (block * from.Block) + (row * from.Row);
            T* t = target + to.Origin + (image * to.Batch) + (block * to.Block) + (row * to.Row);
            if (from.Pixel == 1 && to.Pixel == 1)
            {
                for (int lane = 0; lane < valid; lane++)
                {
                    new Span<T>(s + (lane * from.Lane), extent.Columns).CopyTo(new Span<T>(t + (lane * to.Lane), extent.Columns));
                }

                continue;
            }

            for (int column = 0; column < extent.Columns; column++)
            {
                T* a = s + (column * from.Pixel);
                T* b = t + (column * to.Pixel);
                int lane = 0;
                for (; lane < valid; lane++)
                {
                    b[lane * to.Lane] = a[lane * from.Lane];
                }

                // Lanes past the last channel are computed like any other; zeros keep them harmless.
                for (; clearRest && lane < lanes; lane++)
                {
                    b[lane] = default;
                }
            }
        }
    }
}
