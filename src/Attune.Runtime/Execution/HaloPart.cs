using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Writes the zeros around an image, or the bytes that stand for zero. Needed in every run, because the arena is shared among values.</summary>
internal sealed unsafe class HaloPart(Storage storage) : StepPart
{
    private readonly Halo halo = storage.Root.Halo;
    private readonly ActivationView view = storage.ImageView;
    private readonly bool isNarrow = storage.IsNarrow;
    private readonly bool blocked = storage.Kind == StorageKind.Blocked;

    public override void Run(RunContext context, int member, int members)
    {
        float* root = context.AddressOf(storage);
        switch (storage.Element)
        {
            case DataType.UInt8:
                Fill((byte*)root, storage.Root.ZeroAt is { } at ? *(byte*)context.AddressOf(at) : storage.Root.Zero, member, members);
                break;
            case DataType.BFloat16:
                Fill((BFloat16*)root, default, member, members);
                break;
            default:
                Fill(root, 0f, member, members);
                break;
        }
    }

    private void Fill<T>(T* root, T zero, int member, int members)
        where T : unmanaged
    {
        Extent extent = storage.Extent;
        int perImage = isNarrow ? 1 : blocked ? (extent.Channels + storage.Lanes - 1) / storage.Lanes : extent.Channels;
        long step = blocked ? view.Block : view.Lane;
        int planes = extent.Images * perImage;
        int width = (int)view.Pixel;

        // Of a part of a concatenation of narrow elements only the own channels: those of the other parts lie between.
        int own = isNarrow ? storage.OwnChannels : width;
        for (int plane = planes * member / members; plane < planes * (member + 1) / members; plane++)
        {
            T* image = root + view.Origin + (plane / perImage * view.Batch) + (plane % perImage * step);
            T* first = image - (halo.Top * view.Row) - (halo.Left * width);
            Set(first, halo.Top * view.Row / width);
            for (int row = 0; row < extent.Rows; row++)
            {
                T* line = image + (row * view.Row);
                Set(line - (halo.Left * width), halo.Left);
                Set(line + (extent.Columns * width), halo.Right);
            }

            Set(image + (extent.Rows * view.Row) - (halo.Left * width), halo.Bottom * view.Row / width);
        }

        void Set(T* at, long pixels)
        {
            if (own == width)
            {
                new Span<T>(at, (int)pixels * width).Fill(zero);
                return;
            }

            for (long pixel = 0; pixel < pixels; pixel++)
            {
                new Span<T>(at + (pixel * width), own).Fill(zero);
            }
        }
    }
}
