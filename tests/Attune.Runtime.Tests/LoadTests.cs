using Attune.Kernels;
using Attune.Runtime.Tests.Files;

namespace Attune.Runtime.Tests;

/// <summary>Loading into packed form without going through arrays.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_loaded_model_computes_what_the_model_in_memory_computes()
    {
        TunedModel model = Model();
        TunedModelFile.Save(Path, model);
        using CompiledModel loaded = CompiledModel.Load(Path, new ModelOptions { Threads = 1 });
        using CompiledModel compiled = CompiledModel.Compile(model, new ModelOptions { Threads = 1 });
        var input = new Dictionary<string, Tensor> { [loaded.Inputs[0].Name] = new NetworkSketch(9).Random(loaded.Inputs[0].Type.Shape) };
        IReadOnlyDictionary<string, Tensor> actual = loaded.Run(input);
        foreach ((string name, Tensor expected) in compiled.Run(input))
        {
            actual[name].Elements<float>().ShouldBe(expected.Elements<float>());
        }
    }

    [Fact]
    public void What_the_file_says_stays_known_without_the_weights()
    {
        TunedModel model = Model();
        TunedModelFile.Save(Path, model);
        using CompiledModel loaded = CompiledModel.Load(Path);
        TunedModel tuned = loaded.Tuned.ShouldNotBeNull();
        tuned.Device.ShouldBe(model.Device);
        tuned.Configurations.Length.ShouldBe(model.Configurations.Length);
        tuned.Network.Constants.ShouldBeEmpty();
        loaded.LoadTimes.TotalMs.ShouldBeGreaterThan(0);
        loaded.LoadTimes.ReadMs.ShouldBeLessThan(loaded.LoadTimes.TotalMs);
    }

    [Fact]
    public void Flipped_bits_are_noticed_wherever_they_are()
    {
        TunedModelFile.Save(Path, Model());
        byte[] good = File.ReadAllBytes(Path);
        var random = new Random(12);
        for (int round = 0; round < 25; round++)
        {
            int at = random.Next(good.Length);
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path, bad);
            Should.Throw<TunedModelException>(() => CompiledModel.Load(Path).Dispose(), $"byte {at} of {good.Length}").Error.Message.ShouldContain(Path);
        }
    }

    [Fact]
    public void Damaged_weights_are_called_damaged()
    {
        TunedModelFile.Save(Path, Model());
        byte[] bytes = File.ReadAllBytes(Path);
        bytes[^3000] ^= 1;
        File.WriteAllBytes(Path, bytes);
        TunedModelError error = Should.Throw<TunedModelException>(() => CompiledModel.Load(Path)).Error;
        error.Failure.ShouldBe(TunedModelFailure.Corrupt);
        error.Message.ShouldContain("weights.bin");
    }

    [Fact]
    public void A_cut_file_is_called_truncated()
    {
        TunedModelFile.Save(Path, Model());
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^5000]);
        Should.Throw<TunedModelException>(() => CompiledModel.Load(Path)).Error.Failure.ShouldBe(TunedModelFailure.Truncated);
    }

    [Fact]
    public void A_missing_file_is_called_missing() =>
        Should.Throw<TunedModelException>(() => CompiledModel.Load(folder.File("absent"))).Error.Failure.ShouldBe(TunedModelFailure.NotFound);

    [Fact]
    public void Constants_of_reference_kernels_and_outputs_outlive_the_file()
    {
        var sketch = new NetworkSketch(5);
        string x = sketch.Input("x", 1, 64, 8, 8);
        string scale = sketch.Constant("scale", 1, 64, 8, 8);
        string y = sketch.Node("Pow", [x, scale], [1, 64, 8, 8]);
        Network network = sketch.Finish(y, scale);
        TunedModelFile.Save(Path, Samples.Model(network));
        using CompiledModel loaded = CompiledModel.Load(Path, new ModelOptions { Threads = 1 });
        var ones = Tensor.Of(loaded.Inputs[0].Type.Shape, Enumerable.Repeat(1f, 64 * 64).ToArray());
        IReadOnlyDictionary<string, Tensor> results = loaded.Run(new Dictionary<string, Tensor> { [loaded.Inputs[0].Name] = ones });
        results[y].Elements<float>().ShouldAllBe(value => value == 1f);
        results[scale].Elements<float>().ShouldBe(network.Constants[scale].Elements<float>());
    }

    // Weights large enough to stay in the file, among them a matrix in either order, and small ones that do not.
    private static TunedModel Model()
    {
        var sketch = new NetworkSketch(7);
        string x = sketch.Input("x", 1, 3, 12, 12);
        string a = sketch.Conv(x, [1, 64, 12, 12], 3, 1, 1);
        string b = sketch.Conv(a, [1, 96, 12, 12], 3, 1, 1, activation: "relu");
        string c = sketch.Conv(b, [1, 64, 12, 12], 1);
        string p = sketch.Node("GlobalAveragePool", [c], [1, 64, 1, 1]);
        string f = sketch.Node("Flatten", [p], [1, 64], Attributes.None.With("axis", 1L));
        string d = sketch.Dense(f, [1, 200]);
        return Samples.Model(sketch.Finish(sketch.Dense(d, [1, 70], transposed: false)));
    }
}
