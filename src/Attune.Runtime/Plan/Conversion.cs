using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>
/// How a value is copied into another layout: both sides under one extent, which only the value's shape and the side that is not dense decide. Dense memory
/// is seen as that side sees the value, so that it makes no difference which operator wrote it.
/// </summary>
/// <param name="Order">How the extent relates to the value's axes; a line when both sides are dense.</param>
/// <param name="Extent">What is visited.</param>
/// <param name="From">Strides of the source.</param>
/// <param name="To">Strides of the target.</param>
internal sealed record Conversion(ElementOrder Order, Extent Extent, ActivationView From, ActivationView To)
{
    /// <summary>The conversion between two storages of one value, of which at least one is dense.</summary>
    public static Conversion Between(Storage source, Storage target)
    {
        Storage ordered = source.IsDense ? target : source;
        if (ordered.IsDense)
        {
            var line = new ActivationView(0, 0, 0, 0, 0, 1);
            return new Conversion(ElementOrder.Line, Extent.Flat(source.Shape), line, line);
        }

        return ordered.Kind == StorageKind.RowMajor
            ? new Conversion(ElementOrder.Matrix, Extent.OfMatrix(ordered.Shape), source.MatrixView, target.MatrixView)
            : new Conversion(ElementOrder.Images, Extent.OfImage(ordered.Shape), source.ImageView, target.ImageView);
    }
}
