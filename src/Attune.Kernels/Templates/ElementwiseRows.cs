namespace Attune.Kernels.Templates;

/// <summary>
/// An element-wise kernel's way through images whose pixels hold all their channels: along the rows, vector after vector, instead of block by block.
/// </summary>
internal static class ElementwiseRows
{
    /// <summary>The same visits in the order of addresses, where all operands lie so; unchanged where not.</summary>
    /// <param name="extent">What is visited: images, blocks of channels, rows, pixels.</param>
    /// <param name="signature">Views.</param>
    /// <param name="lanes">Elements of a vector.</param>
    public static (ElementwiseExtent Extent, KernelSignature Signature) Of(ElementwiseExtent extent, KernelSignature signature, int lanes)
    {
        long pixel = (long)extent.Blocks * lanes;
        if (extent.Blocks == 1 || !IsByPixel(signature.Input) || !IsByPixel(signature.Residual) || !IsByPixel(signature.Output))
        {
            return (extent, signature);
        }

        return (
            new ElementwiseExtent(extent.Images, 1, extent.Rows, extent.Vectors * extent.Blocks),
            signature with { Input = Along(signature.Input), Residual = Along(signature.Residual), Output = Along(signature.Output) });

        bool IsByPixel(ActivationView view) => view.Block == lanes && view.Pixel == pixel;

        ActivationView Along(ActivationView view) => view with { Block = 0, Pixel = lanes };
    }
}
