using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>The numbers that follow from a layer and a configuration of the matrix tiles' templates.</summary>
internal readonly struct TilePlan
{
    public TilePlan(NarrowWorkload w, Configuration c)
    {
        Pixels = c.Value("pixels");
        TileColumns = c.Value("ow_tiles");
        TileRows = c.Value("oh_tiles");
        Blocks = new OutputBlocks(w, c.Tuple("oc_tiles"), TileRows, Pixels * TileColumns, c.Value("oh_block"));
        Groups = GroupsOf(w);
    }

    /// <summary>How the output is cut.</summary>
    public OutputBlocks Blocks { get; }

    /// <summary>Pixels of one tile, which follow each other in a row of the image.</summary>
    public int Pixels { get; }

    /// <summary>Tiles of pixels next to each other.</summary>
    public int TileColumns { get; }

    /// <summary>Tiles of pixels below each other.</summary>
    public int TileRows { get; }

    /// <summary>Tiles of pixels that are summed up together.</summary>
    public int PixelTiles => TileColumns * TileRows;

    /// <summary>Tiles of channels that are summed up together.</summary>
    public int ChannelTiles => Blocks.ChannelTile;

    /// <summary>Words of input channels at one position of the kernel.</summary>
    public int Groups { get; }

    /// <summary>Tile registers: those of sums, those of the smaller side, which is held, and one that the other side passes through.</summary>
    public int Registers => RegistersOf(PixelTiles, ChannelTiles);

    /// <summary>Words that the tiles of sums take in memory.</summary>
    public int ScratchWords => PixelTiles * ChannelTiles * Pixels * MatrixTile.MaxWords;

    /// <summary>Tile registers that tiles which are summed up together take.</summary>
    /// <param name="pixels">Tiles of pixels.</param>
    /// <param name="channels">Tiles of channels.</param>
    public static int RegistersOf(int pixels, int channels) => (pixels * channels) + Math.Min(pixels, channels) + 1;

    /// <summary>Words of input channels at one position of a kernel: as many channels to a word as are multiplied at once.</summary>
    public static int GroupsOf(NarrowWorkload w) => (w.InChannels + w.ChannelsAtOnce - 1) / w.ChannelsAtOnce;

    /// <summary>Words of a row of the left tile: the most that divide what lies in a row in memory.</summary>
    /// <param name="words">Words that follow each other.</param>
    public static int Depth(int words) => TileSizes.Divisors(words).Last(divisor => divisor <= MatrixTile.MaxWords);
}
