using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Walks over the elements of convolutions and matrix products, as their definition does.</summary>
internal static class LayerWalk
{
    /// <summary>Every element of a value, in the order of ONNX: image, channel, row, column, and its number.</summary>
    public static void ForEach(ConvolutionWorkload w, int channels, int height, int width, Action<int, int, int, int, int> visit)
    {
        int at = 0;
        for (int n = 0; n < w.Batch; n++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int h = 0; h < height; h++)
                {
                    for (int v = 0; v < width; v++, at++)
                    {
                        visit(n, c, h, v, at);
                    }
                }
            }
        }
    }

    /// <summary>Where an element lies in memory.</summary>
    public static long Place(ConvolutionWorkload w, ActivationView view, int n, int c, int h, int v) =>
        view.Origin + (n * view.Batch) + (c / w.Lanes * view.Block) + (c % w.Lanes * view.Lane) + (h * view.Row) + (v * view.Pixel);

    /// <summary>Numbers of the inputs and weights whose products are an output; inputs outside the image are none.</summary>
    public static void Products(ConvolutionWorkload w, int n, int o, int h, int v, Action<int, int> visit)
    {
        int group = o / w.GroupOutChannels;
        for (int c = 0; c < w.GroupInChannels; c++)
        {
            for (int i = 0; i < w.KernelHeight; i++)
            {
                for (int j = 0; j < w.KernelWidth; j++)
                {
                    int ih = (h * w.StrideHeight) + (i * w.DilationHeight) - w.Padding.Top;
                    int iw = (v * w.StrideWidth) + (j * w.DilationWidth) - w.Padding.Left;
                    if (ih >= 0 && ih < w.Height && iw >= 0 && iw < w.Width)
                    {
                        int channel = (group * w.GroupInChannels) + c;
                        visit(
                            (((((n * w.InChannels) + channel) * w.Height) + ih) * w.Width) + iw,
                            (((((o * w.GroupInChannels) + c) * w.KernelHeight) + i) * w.KernelWidth) + j);
                    }
                }
            }
        }
    }
}
