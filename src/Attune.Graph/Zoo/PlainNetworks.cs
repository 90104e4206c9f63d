using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>Chains of convolutions: AlexNet in its one-tower form (Krizhevsky 2014) and the VGG networks (Simonyan and Zisserman, ICLR 2015).</summary>
internal static class PlainNetworks
{
    public static Network AlexNet(Layers layers)
    {
        string x = layers.Relu("relu1", layers.Convolution("conv1", layers.Input(), 64, 11, 4, 2, rectified: false));
        x = layers.MaxPool("pool1", x, 3, 2);
        x = layers.Relu("relu2", layers.Convolution("conv2", x, 192, 5, 1, 2));
        x = layers.MaxPool("pool2", x, 3, 2);
        x = layers.Relu("relu3", layers.Convolution("conv3", x, 384, 3, 1, 1));
        x = layers.Relu("relu4", layers.Convolution("conv4", x, 256, 3, 1, 1));
        x = layers.Relu("relu5", layers.Convolution("conv5", x, 256, 3, 1, 1));
        return Classifier(layers, layers.MaxPool("pool5", x, 3, 2));
    }

    public static Network Vgg16(Layers layers) => Vgg(layers, [2, 2, 3, 3, 3]);

    public static Network Vgg19(Layers layers) => Vgg(layers, [2, 2, 4, 4, 4]);

    private static Network Vgg(Layers layers, int[] depths)
    {
        long[] widths = [64, 128, 256, 512, 512];
        string x = layers.Input();
        for (int stage = 0; stage < depths.Length; stage++)
        {
            for (int i = 1; i <= depths[stage]; i++)
            {
                string name = $"{stage + 1}_{i}";
                x = layers.Convolution($"conv{name}", x, widths[stage], 3, 1, 1, rectified: stage + i > 1);
                x = layers.Relu($"relu{name}", x);
            }

            x = layers.MaxPool($"pool{stage + 1}", x, 2, 2);
        }

        return Classifier(layers, x);
    }

    private static Network Classifier(Layers layers, string x)
    {
        x = layers.Relu("relu6", layers.Linear("fc6", layers.Flatten(x), 4096));
        x = layers.Relu("relu7", layers.Linear("fc7", x, 4096));
        return layers.Finish(layers.Linear("fc8", x));
    }
}
