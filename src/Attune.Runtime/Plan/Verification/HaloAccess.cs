using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan.Verification;

/// <summary>The zeros that are written around an image, all lanes of them.</summary>
/// <param name="Storage">Where.</param>
internal sealed record HaloAccess(Storage Storage) : Access(Storage, Storage.Value)
{
    public override string Layout => $"halo of {Storage.Root.Halo}";

    public override string? Refusal(Shape shape) => null;

    public override IEnumerable<CellRun> Runs()
    {
        ActivationView view = Storage.ImageView;
        Extent extent = Storage.Extent;
        Halo halo = Storage.Root.Halo;
        int planes = Storage.IsNarrow ? 1
            : Storage.Kind == StorageKind.Blocked ? (extent.Channels + Storage.Lanes - 1) / Storage.Lanes
            : extent.Channels;
        long step = Storage.Kind == StorageKind.Blocked ? view.Block : view.Lane;
        for (int plane = 0; plane < extent.Images * planes; plane++)
        {
            long image = view.Origin + (plane / planes * view.Batch) + (plane % planes * step);
            for (int row = -halo.Top; row < extent.Rows + halo.Bottom; row++)
            {
                long line = image + (row * view.Row);
                bool inside = row >= 0 && row < extent.Rows;
                foreach (CellRun run in Zeros(line - (halo.Left * view.Pixel), inside ? halo.Left : view.Row / view.Pixel))
                {
                    yield return run;
                }

                foreach (CellRun run in Zeros(line + (extent.Columns * view.Pixel), inside ? halo.Right : 0))
                {
                    yield return run;
                }
            }
        }
    }

    // Of a part of a concatenation of narrow elements only the own channels.
    private IEnumerable<CellRun> Zeros(long address, long pixels)
    {
        long width = Storage.ImageView.Pixel;
        long own = Storage.IsNarrow ? Storage.OwnChannels : width;
        return own == width
            ? [new CellRun(address, 1, CellRun.Zero, 0, (int)(pixels * width))]
            : Enumerable.Range(0, (int)pixels).Select(pixel => new CellRun(address + (pixel * width), 1, CellRun.Zero, 0, (int)own));
    }
}
