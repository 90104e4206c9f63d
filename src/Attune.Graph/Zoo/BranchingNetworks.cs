using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>Networks of parallel branches: SqueezeNet 1.1 (Iandola et al. 2016) and GoogLeNet with batch norms (Szegedy et al., CVPR 2015).</summary>
internal static class BranchingNetworks
{
    public static Network SqueezeNet(Layers layers)
    {
        string x = layers.Relu("relu1", layers.Convolution("conv1", layers.Input(), 64, 3, 2, rectified: false));
        x = layers.MaxPool("pool1", x, 3, 2, ceil: true);
        x = Fire(layers, "fire2", x, 16, 64);
        x = Fire(layers, "fire3", x, 16, 64);
        x = layers.MaxPool("pool3", x, 3, 2, ceil: true);
        x = Fire(layers, "fire4", x, 32, 128);
        x = Fire(layers, "fire5", x, 32, 128);
        x = layers.MaxPool("pool5", x, 3, 2, ceil: true);
        x = Fire(layers, "fire6", x, 48, 192);
        x = Fire(layers, "fire7", x, 48, 192);
        x = Fire(layers, "fire8", x, 64, 256);
        x = Fire(layers, "fire9", x, 64, 256);
        x = layers.Relu("relu10", layers.Convolution("conv10", x, 1000, 1));
        return layers.Finish(layers.Flatten(layers.GlobalPool(x)));
    }

    public static Network GoogLeNet(Layers layers)
    {
        string x = Unit(layers, "conv1", layers.Input(), 64, 7, 2, rectified: false);
        x = layers.MaxPool("pool1", x, 3, 2, ceil: true);
        x = Unit(layers, "conv2", x, 64, 1);
        x = Unit(layers, "conv3", x, 192, 3);
        x = layers.MaxPool("pool2", x, 3, 2, ceil: true);
        x = Inception(layers, "inception3a", x, 64, 96, 128, 16, 32, 32);
        x = Inception(layers, "inception3b", x, 128, 128, 192, 32, 96, 64);
        x = layers.MaxPool("pool3", x, 3, 2, ceil: true);
        x = Inception(layers, "inception4a", x, 192, 96, 208, 16, 48, 64);
        x = Inception(layers, "inception4b", x, 160, 112, 224, 24, 64, 64);
        x = Inception(layers, "inception4c", x, 128, 128, 256, 24, 64, 64);
        x = Inception(layers, "inception4d", x, 112, 144, 288, 32, 64, 64);
        x = Inception(layers, "inception4e", x, 256, 160, 320, 32, 128, 128);
        x = layers.MaxPool("pool4", x, 2, 2, ceil: true);
        x = Inception(layers, "inception5a", x, 256, 160, 320, 32, 128, 128);
        x = Inception(layers, "inception5b", x, 384, 192, 384, 48, 128, 128);
        return layers.Finish(layers.Linear("fc", layers.Flatten(layers.GlobalPool(x))));
    }

    private static string Fire(Layers layers, string name, string x, long squeeze, long expand)
    {
        string s = layers.Relu($"{name}.squeeze.relu", layers.Convolution($"{name}.squeeze", x, squeeze, 1));
        string one = layers.Relu($"{name}.expand1x1.relu", layers.Convolution($"{name}.expand1x1", s, expand, 1));
        string three = layers.Relu($"{name}.expand3x3.relu", layers.Convolution($"{name}.expand3x3", s, expand, 3, 1, 1));
        return layers.Concat($"{name}.concat", one, three);
    }

    // Column order of the paper's table 1. The third branch has 3x3 convolutions where the paper has 5x5, as the widespread pretrained weights do.
    private static string Inception(Layers layers, string name, string x, long one, long reduce3, long three, long reduce5, long five, long pool)
    {
        string a = Unit(layers, $"{name}.branch1", x, one, 1);
        string b = Unit(layers, $"{name}.branch2.1", Unit(layers, $"{name}.branch2.0", x, reduce3, 1), three, 3);
        string c = Unit(layers, $"{name}.branch3.1", Unit(layers, $"{name}.branch3.0", x, reduce5, 1), five, 3);
        string d = Unit(layers, $"{name}.branch4.1", layers.MaxPool($"{name}.branch4.0", x, 3, 1, 1, ceil: true), pool, 1);
        return layers.Concat($"{name}.concat", a, b, c, d);
    }

    private static string Unit(Layers layers, string name, string x, long channels, long kernel, long stride = 1, bool rectified = true)
    {
        string y = layers.Convolution(name, x, channels, kernel, stride, kernel / 2, bias: false, rectified: rectified);
        return layers.Relu($"{name}.relu", layers.BatchNorm($"{name}.bn", y));
    }
}
