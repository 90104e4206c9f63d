using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Devices;
using Attune.Graph.Building;
using Attune.Graph.Npy;
using Attune.Graph.Reading;
using Attune.Kernels;

namespace Attune.Compile.Tests.Quantisation;

public sealed class SampleReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_hold_one_or_several_samples_in_order_of_their_names()
    {
        Write("b.npy", Counting(1, Shape.Of(1, 2, 3)));
        Write("a.pb", Counting(2, Shape.Of(2, 2, 3)));
        Write("c.npy", Counting(4, Shape.Of(3, 1, 2, 3)));
        Write("labels.npy", Tensor.Vector(5L, 4, 3, 2, 1, 0));
        SampleSet set = Read(One(), "labels.npy").Value!;
        set.Inputs.Select(sample => sample["x"].Type.ToString()).Distinct().ShouldHaveSingleItem().ShouldBe("Float32[1x2x3]");
        set.Inputs.Select(sample => sample["x"].Span<float>()[0]).ShouldBe([200, 206, 100, 400, 406, 412]);
        set.Labels.ShouldBe([5, 4, 3, 2, 1, 0]);
        set.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Folders_hold_one_sample_each()
    {
        foreach (string name in new[] { "test_data_set_0", "test_data_set_1" })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
            Write(Path.Combine(name, "input_0.pb"), Counting(name[^1] - '0', Shape.Of(1, 2, 3)));
            Write(Path.Combine(name, "mask.npy"), Tensor.Vector(1L, 0));
            Write(Path.Combine(name, "output_0.pb"), Tensor.Vector(1f));
        }

        SampleSet set = Read(Two()).Value!;
        set.Inputs.Select(sample => sample["x"].Span<float>()[0]).ShouldBe([0, 100]);
        set.Inputs[1]["mask"].Elements<long>().ShouldBe([1, 0]);
    }

    [Fact]
    public void Folders_of_more_samples_than_the_limit_are_refused()
    {
        for (int i = 0; i <= SampleSet.MaxSamples; i++)
        {
            File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, $"{i}")).FullName, "x.npy"), []);
        }

        Read(One()).Error!.Message.ShouldBe("There are 10001 samples or more; 10000 is the limit.");
    }

    [Fact]
    public void Several_inputs_have_a_file_each_with_as_many_samples()
    {
        Write("x.npy", Counting(1, Shape.Of(2, 2, 3)));
        Write("input_1.npy", Tensor.Of(Shape.Of(2, 2), new[] { 1L, 2, 3, 4 }));
        SampleSet set = Read(Two()).Value!;
        set.Inputs.Select(sample => sample["mask"].Elements<long>()[0]).ShouldBe([1, 3]);
        Write("x.npy", Counting(1, Shape.Of(3, 2, 3)));
        Read(Two()).Error!.Message.ShouldBe("It holds 2 samples of input 'mask', but there are 3 of 'x'.");
        File.Delete(Path.Combine(folder.Path, "input_1.npy"));
        Read(Two()).Error!.Message.ShouldBe("There is no file for input 'mask' (Int64[2]).");
    }

    [Fact]
    public void What_is_wrong_with_samples_is_said_with_the_file()
    {
        Read(One()).Error!.Message.ShouldStartWith("The folder holds no samples");
        new SampleReader(One()).Read(Path.Combine(folder.Path, "missing"), null).Error!.Message.ShouldBe(
            "There is no such folder or file of calibration samples.");

        Write("a.npy", Counting(1, Shape.Of(1, 3, 2)));
        QuantiseError shape = Read(One()).Error!;
        shape.Message.ShouldBe("Input 'x' is Float32[1x2x3], but the file holds Float32[1x3x2].");
        shape.Where.ShouldBe(Path.Combine(folder.Path, "a.npy"));

        Write("a.npy", Tensor.Of(Shape.Of(1, 2, 3), new double[6]));
        Read(One()).Error!.Message.ShouldContain("Float64");

        File.WriteAllText(Path.Combine(folder.Path, "a.npy"), "no array");
        Read(One()).Error!.Message.ShouldBe("The file does not start like a .npy file.");

        Tensor broken = Counting(1, Shape.Of(1, 2, 3));
        broken.Elements<float>()[4] = float.NaN;
        Write("a.npy", broken);
        Read(One()).Error!.Message.ShouldStartWith("Sample 1 holds a number that is infinite or none in input 'x'");

        Write("a.npy", Tensor.Zeros(DataType.Float32, Shape.Of(5, 2, 3)));
        Read(One()).Error!.Message.ShouldBe(
            "Every sample is constant: one value in all 6 places of 'x'. That says nothing about other inputs.");
        Write("b.npy", Counting(1, Shape.Of(1, 2, 3)));
        Read(One()).Value!.Warnings.ShouldBe(["5 of 6 samples are constant: one value in all places."]);

        Write("labels.npy", Tensor.Vector(1L, 2));
        Read(One(), "labels.npy").Error!.Message.ShouldStartWith("Labels must be 6 whole numbers from 0 on, one for each sample, but the file holds Int64[2]");
    }

    [Fact]
    public void Samples_that_are_all_the_same_are_told()
    {
        Write("a.npy", Counting(1, Shape.Of(1, 2, 3)));
        Write("b.npy", Counting(1, Shape.Of(1, 2, 3)));
        Read(One()).Value!.Warnings.ShouldBe(["All 2 samples are the same: they say no more than one."]);
    }

    [Fact]
    public void Samples_are_judged_by_all_inputs_together()
    {
        Write("x.npy", Tensor.Zeros(DataType.Float32, Shape.Of(2, 2, 3)));
        Write("mask.npy", Tensor.Of(Shape.Of(2, 2), new[] { 1L, 2, 3, 4 }));
        Read(Two()).Value!.Warnings.ShouldBeEmpty();

        Write("mask.npy", Tensor.Of(Shape.Of(2, 2), new[] { 1L, 2, 1, 2 }));
        Read(Two()).Value!.Warnings.ShouldBe(["All 2 samples are the same: they say no more than one."]);

        Write("mask.npy", Tensor.Of(Shape.Of(2, 2), new[] { 1L, 1, 3, 3 }));
        Read(Two()).Error!.Message.ShouldBe(
            "Every sample is constant: one value in all 6 places of 'x' and all 2 places of 'mask'. That says nothing about other inputs.");
    }

    private Result<SampleSet, QuantiseError> Read(Network network, string? labels = null) =>
        new SampleReader(network).Read(folder.Path, labels is null ? null : Path.Combine(folder.Path, labels));

    private void Write(string name, Tensor tensor)
    {
        string path = Path.Combine(folder.Path, name);
        if (name.EndsWith(".pb", StringComparison.Ordinal))
        {
            TensorFile.WriteProtobuf(path, tensor);
        }
        else
        {
            NpyFile.Write(path, tensor).ShouldBeNull();
        }
    }

    private static Tensor Counting(int hundreds, Shape shape) =>
        Tensor.Of(shape, Enumerable.Range(0, (int)shape.Count).Select(i => (hundreds * 100f) + i).ToArray());

    private static Network One()
    {
        var b = new NetworkBuilder("one", 13);
        b.Output(b.Add("Flatten", "y", [b.Input("x", 1, 2, 3)]));
        return b.Build();
    }

    private static Network Two()
    {
        Network one = One();
        var mask = new NetworkValue("mask", new TensorType(DataType.Int64, Shape.Of(2)));
        return one with { Inputs = [.. one.Inputs, mask], Types = one.Types.Add("mask", mask.Type) };
    }
}
