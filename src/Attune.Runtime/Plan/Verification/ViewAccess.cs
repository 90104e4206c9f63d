using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan.Verification;

/// <summary>Memory seen through a view: as images of channels, or as a matrix whose rows are the pixels of one image.</summary>
/// <param name="Storage">Where.</param>
/// <param name="Value">Value whose elements are meant.</param>
/// <param name="View">Strides.</param>
/// <param name="Extent">Extents.</param>
/// <param name="IsMatrix">Channels are the last axis of the value, not the second.</param>
internal sealed record ViewAccess(Storage Storage, string Value, ActivationView View, Extent Extent, bool IsMatrix) : Access(Storage, Value)
{
    /// <summary>Zeros around the image that are touched as well.</summary>
    public Halo Zeros { get; init; }

    /// <summary>Channels come as whole vectors, those past the last too.</summary>
    public bool WholeVectors { get; init; }

    public override string Layout =>
        $"{(IsMatrix ? "matrix" : "images")} {Extent.Images}x{Extent.Channels}x{Extent.Rows}x{Extent.Columns}, from {View.Origin} on in steps of "
        + $"{View.Batch} an image, "
        + $"{View.Block} a block of {Storage.Lanes} channels, {View.Lane} a channel, {View.Row} a row, {View.Pixel} a "
        + $"column{(Zeros.IsEmpty ? string.Empty : $", zeros {Zeros.Top}+{Zeros.Bottom} by {Zeros.Left}+{Zeros.Right} around")}";

    public override string? Refusal(Shape shape)
    {
        if (!IsMatrix && shape.Rank is not (2 or 3 or 4))
        {
            return $"{shape} is no image";
        }

        Extent stated = IsMatrix ? Extent.OfMatrix(shape) : Extent.OfImage(shape);
        bool same = stated.Images == Extent.Images && stated.Channels == Extent.Channels
            && (long)stated.Rows * stated.Columns == (long)Extent.Rows * Extent.Columns;
        return same ? null : $"{shape} is {stated.Images}x{stated.Channels}x{stated.Rows}x{stated.Columns} as {(IsMatrix ? "a matrix" : "images")}";
    }

    public override IEnumerable<CellRun> Runs()
    {
        int lanes = Storage.Lanes;
        int channels = WholeVectors ? (Extent.Channels + lanes - 1) / lanes * lanes : Extent.Channels;
        for (int image = 0; image < Extent.Images; image++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                bool padding = channel >= Extent.Channels;
                long plane = View.Origin + (image * View.Batch) + (channel / lanes * View.Block) + (channel % lanes * View.Lane);
                for (int row = -Zeros.Top; row < Extent.Rows + Zeros.Bottom; row++)
                {
                    long line = plane + (row * View.Row);
                    long around = padding ? CellRun.Anything : CellRun.Zero;
                    if (row < 0 || row >= Extent.Rows)
                    {
                        yield return new CellRun(line - (Zeros.Left * View.Pixel), View.Pixel, around, 0, Zeros.Left + Extent.Columns + Zeros.Right);
                        continue;
                    }

                    yield return new CellRun(line - (Zeros.Left * View.Pixel), View.Pixel, around, 0, Zeros.Left);
                    yield return padding ? new CellRun(line, View.Pixel, CellRun.Anything, 0, Extent.Columns) : Elements(line, image, channel, row);
                    yield return new CellRun(line + (Extent.Columns * View.Pixel), View.Pixel, around, 0, Zeros.Right);
                }
            }
        }
    }

    private CellRun Elements(long line, int image, int channel, int row)
    {
        long first = IsMatrix
            ? (((long)image * Extent.Rows) + row) * Extent.Columns * Extent.Channels + channel
            : ((((long)image * Extent.Channels) + channel) * Extent.Rows + row) * Extent.Columns;
        return new CellRun(line, View.Pixel, first, IsMatrix ? Extent.Channels : 1, Extent.Columns);
    }
}
