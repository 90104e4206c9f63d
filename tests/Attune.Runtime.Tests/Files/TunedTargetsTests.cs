using System.Collections.Immutable;
using System.Text.Json;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Json;

namespace Attune.Runtime.Tests.Files;

/// <summary>Several devices in one tuned file.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class TunedTargetsTests : IDisposable
{
    private const string First = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    private const string Second = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_keeps_what_it_says_about_other_devices()
    {
        string path = folder.File("m.attune");
        TunedModel cpu = Samples.Model();
        TunedModel gpu = Gpu(cpu, "opencl-One-000001", 2);
        TunedModelFile.SaveBeside(path, cpu);
        TunedModelFile.SaveBeside(path, gpu);

        // The processor stays first: versions that know no other device then read the file.
        TunedModel both = TunedModelFile.Load(path).Value.ShouldNotBeNull();
        both.DeviceKind.ShouldBe(TargetKind.Cpu);
        both.Configurations.Select(each => each.Task).ShouldBe(cpu.Configurations.Select(each => each.Task));
        TunedTarget other = both.OtherTargets.ShouldHaveSingleItem();
        (other.DeviceKind, other.Device, other.VectorLanes, other.Threads).ShouldBe((TargetKind.OpenCl, "opencl-One-000001", 1, 1));
        other.Configurations.ShouldHaveSingleItem().Knobs["tile_f"].ShouldBe("1x2x3x4");
        other.Summary.ShouldBe(gpu.Summary);
        TunedModel seen = both.For(other);
        (seen.Device, seen.DeviceKind, seen.OtherTargets.Single().Device).ShouldBe((other.Device, TargetKind.OpenCl, cpu.Device));

        // The same device once more replaces what was said about it; another one is added.
        TunedModelFile.SaveBeside(path, Gpu(cpu, "opencl-One-000001", 3) with { Threads = 7 });
        TunedModelFile.SaveBeside(path, Gpu(cpu, "opencl-Two-000002", 4));
        TunedModel three = TunedModelFile.Load(path).Value.ShouldNotBeNull();
        three.Targets.Select(target => target.Device).ShouldBe([cpu.Device, "opencl-Two-000002", "opencl-One-000001"]);
        three.Targets.Single(target => target.Device == "opencl-One-000001").Threads.ShouldBe(7);
    }

    [Fact]
    public void Another_network_or_other_weights_replace_the_file()
    {
        string path = folder.File("m.attune");
        TunedModel cpu = Samples.Model();
        TunedModelFile.SaveBeside(path, cpu);
        Network changed = cpu.Network with { Constants = cpu.Network.Constants.SetItem("w", Tensor.Of(Shape.Of(4, 3), new float[12])) };
        TunedModelFile.SaveBeside(path, Gpu(cpu, "opencl-One-000001", 2) with { Network = changed });
        TunedModelFile.Load(path).Value.ShouldNotBeNull().Targets.ShouldHaveSingleItem().DeviceKind.ShouldBe(TargetKind.OpenCl);

        File.WriteAllText(path, "something else");
        TunedModelFile.SaveBeside(path, cpu);
        TunedModelFile.Load(path).Value.ShouldNotBeNull().OtherTargets.ShouldBeEmpty();
    }

    [Fact]
    public void Compiled_programs_stay_with_their_target()
    {
        string path = folder.File("m.attune");
        TunedModel cpu = Samples.Model();
        byte[] ptx = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i % 7))];
        TunedModel gpu = Gpu(cpu, "cuda-One-000001", 2) with
        {
            DeviceKind = TargetKind.Cuda,
            Programs = [DeviceCode.Of(First, 61, ptx), DeviceCode.Of(Second, 87, [7])],
        };
        TunedModelFile.Save(path, gpu);
        Check(TunedModelFile.Load(path).Value.ShouldNotBeNull().Programs);
        new FileInfo(path).Length.ShouldBeLessThan(50_000);

        TunedModelFile.SaveBeside(path, cpu);
        TunedModel both = TunedModelFile.Load(path).Value.ShouldNotBeNull();
        both.Programs.ShouldBeEmpty();
        Check(both.OtherTargets.ShouldHaveSingleItem().Programs);
        Check(both.For(both.OtherTargets[0]).Programs);

        void Check(ImmutableArray<DeviceCode> programs)
        {
            programs.Select(program => (program.Source, program.Architecture)).ShouldBe(
                [(First, 61), (Second, 87)]);
            programs[0].Unpack().ShouldBe(ptx);
            programs[1].Unpack().ShouldBe([7]);
        }
    }

    [Theory]
    [InlineData("[\"zz\", 61, \"\"]")]
    [InlineData("[\"NAME\", 0, \"AwA=\"]")]
    [InlineData("[\"NAME\", 61.5, \"AwA=\"]")]
    [InlineData("[\"NAME\", 61, \"?\"]")]
    [InlineData("[\"NAME\", 61, \"AwA=\", 1]")]
    [InlineData("[\"NAME\", 61]")]
    [InlineData("{}")]
    public void What_is_no_compiled_program_is_refused(string program)
    {
        string json = program.Replace("NAME", First, StringComparison.Ordinal);
        Should.Throw<FileDefectException>(() => CodeConverter.Read(JsonElement.Parse(json))).Failure.ShouldBe(TunedModelFailure.Malformed);
        CodeConverter.Read(JsonElement.Parse($"[\"{First}\", 61, \"qwAA\"]")).Unpack().ShouldBe("x"u8.ToArray());
        CodeConverter.Read(JsonElement.Parse($"[\"{First}\", 61, \"AwA=\"]")).Unpack().ShouldBeNull("there is nothing in it");
    }

    [Fact]
    public void What_unfolds_to_nothing_or_to_too_much_is_told_when_it_is_asked_for()
    {
        new DeviceCode(First, 61, new byte[] { 255, 255, 255, 255 }).Unpack().ShouldBeNull();
        DeviceCode.Of(First, 61, new byte[1 << 24]).Unpack().ShouldNotBeNull().Length.ShouldBe(1 << 24);
        DeviceCode.Of(First, 61, new byte[(1 << 24) + 1]).Unpack().ShouldBeNull();
    }

    [Theory]
    [InlineData(TargetKind.OpenCl, 16)]
    [InlineData(TargetKind.Cpu, 1)]
    public void Vectors_that_a_kind_of_device_does_not_have_are_refused(TargetKind kind, int lanes)
    {
        string path = folder.File("m.attune");
        TunedModelFile.Save(path, Samples.Model() with { DeviceKind = kind, VectorLanes = lanes });
        TunedModelFile.Load(path).Error.ShouldNotBeNull().Failure.ShouldBe(TunedModelFailure.Malformed);
        TunedModel cpu = Samples.Model();
        TunedModelFile.Save(path, cpu with { OtherTargets = [Gpu(cpu, "other", 1).Targets[0] with { DeviceKind = kind, VectorLanes = lanes }] });
        TunedModelFile.Load(path).Error.ShouldNotBeNull().Failure.ShouldBe(TunedModelFailure.Malformed);
    }

    [Fact]
    public void A_device_stands_in_a_file_once()
    {
        string path = folder.File("m.attune");
        TunedModel cpu = Samples.Model();
        TunedTarget gpu = Gpu(cpu, "opencl-One-000001", 1).Targets[0];
        TunedModelFile.Save(path, cpu with { OtherTargets = [gpu, gpu] });
        TunedModelFile.Load(path).Error.ShouldNotBeNull().Failure.ShouldBe(TunedModelFailure.Malformed);
    }

    [Fact]
    public void The_device_tuned_last_of_those_that_are_here_runs()
    {
        TunedModel cpu = Samples.Model();
        TunedModel both = Gpu(cpu, "opencl-One-000001", 1).WithTargetsOf(cpu.Targets);
        DeviceChoice.Of(both, DeviceName.Cpu).Model.DeviceKind.ShouldBe(TargetKind.Cpu);
        (TunedModel chosen, DeviceName device) = DeviceChoice.Of(both, wanted: null);
        bool isHere = DeviceProfile.Find(DeviceName.OpenCl(0)).Succeeded;
        (chosen.DeviceKind, device).ShouldBe(isHere ? (TargetKind.OpenCl, DeviceName.OpenCl(0)) : (TargetKind.Cpu, DeviceName.Cpu));

        // With a device of a kind that the file knows nothing of, it stays as it is.
        DeviceChoice.Of(cpu, DeviceName.OpenCl(3)).ShouldBe((cpu, DeviceName.OpenCl(3)));
    }

    [Fact]
    public void A_device_that_is_not_here_is_a_typed_error_that_says_what_would_work()
    {
        TunedModelError error = Should.Throw<TunedModelException>(
            () => CompiledModel.Compile(Samples.Model(), new ModelOptions { Device = DeviceName.OpenCl(4000) })).Error;
        error.Failure.ShouldBe(TunedModelFailure.DeviceMissing);
        error.Message.ShouldContain(Samples.Model().DeviceDescription);
        error.Next.ShouldContain("--device cpu");
    }

    private static TunedModel Gpu(TunedModel like, string device, int day) => like with
    {
        Configurations = [new TunedConfiguration("conv", new Dictionary<string, string> { ["tile_f"] = "1x2x3x4" }, 0.5, ConfigurationSource.Tuned, null)],
        Device = device,
        DeviceDescription = "A GPU",
        DeviceKind = TargetKind.OpenCl,
        Threads = 1,
        VectorLanes = 1,
        CreatedAt = like.CreatedAt.AddDays(day),
        Summary = new TuningSummary("auto", 3, 40, 2, 9, 4),
    };
}
