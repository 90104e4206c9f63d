using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Writes the zeros around an image. Needed in every run, because the arena is shared among values.</summary>
internal sealed unsafe class HaloPart(Storage storage) : StepPart
{
    private readonly Halo halo = storage.Root.Halo;
    private readonly ActivationView view = storage.ImageView;
    private readonly bool blocked = storage.Kind == StorageKind.Blocked;

    public override void Run(RunContext context, int member, int members)
    {
        Extent extent = storage.Extent;
        float* root = context.AddressOf(storage);
        int perImage = blocked ? (extent.Channels + storage.Lanes - 1) / storage.Lanes : extent.Channels;
        long step = blocked ? view.Block : view.Lane;
        int planes = extent.Images * perImage;
        int width = (int)view.Pixel;
        for (int plane = planes * member / members; plane < planes * (member + 1) / members; plane++)
        {
            float* image = root + view.Origin + (plane / perImage * view.Batch) + (plane % perImage * step);
            float* first = image - (halo.Top * view.Row) - (halo.Left * width);
            Clear(first, halo.Top * view.Row);
            for (int row = 0; row < extent.Rows; row++)
            {
                float* line = image + (row * view.Row);
                Clear(line - (halo.Left * width), halo.Left * width);
                Clear(line + (extent.Columns * width), halo.Right * width);
            }

            Clear(image + (extent.Rows * view.Row) - (halo.Left * width), halo.Bottom * view.Row);
        }
    }

    private static void Clear(float* at, long count) => new Span<float>(at, (int)count).Clear();
}
