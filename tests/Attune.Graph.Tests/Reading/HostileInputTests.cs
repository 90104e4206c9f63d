using Attune.Devices;
using Attune.Graph.Building;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Graph.Tests.Passes;
using Attune.Passes;
using Google.Protobuf;

namespace Attune.Graph.Tests.Reading;

public sealed class HostileInputTests
{
    [Fact]
    public void A_missing_file_is_reported() => Only(OnnxReader.Read("/nowhere/model.onnx")).Code.ShouldBe(FaultCodes.Unreadable);

    [Fact]
    public void A_folder_is_reported() => Only(OnnxReader.Read(Path.GetTempPath())).Code.ShouldBe(FaultCodes.Unreadable);

    [Theory]
    [InlineData("this is no model at all\n")]
    [InlineData("{\"error\": {}}")]
    public void Text_is_not_protobuf(string text)
    {
        ModelFault fault = Only(Read(System.Text.Encoding.UTF8.GetBytes(text)));

        fault.Code.ShouldBeOneOf(FaultCodes.NotProtobuf, FaultCodes.Truncated);
        fault.Next.ShouldContain("ONNX");
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git-LFS pointer", "git lfs pull")]
    [InlineData("<html><body>404</body></html>", "web page", "Download")]
    [InlineData("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page", "Download")]
    public void What_is_often_taken_for_a_model_is_named(string text, string what, string next)
    {
        ModelFault fault = Only(Read(System.Text.Encoding.UTF8.GetBytes(text)));

        fault.Code.ShouldBe(FaultCodes.NotProtobuf);
        fault.Message.ShouldContain(what);
        fault.Next.ShouldContain(next);
    }

    [Fact]
    public void An_empty_file_is_no_model() => Only(Read([])).Code.ShouldBe(FaultCodes.NotAModel);

    [Fact]
    public void Every_truncation_is_a_fault_and_most_are_called_so()
    {
        byte[] bytes = ValidModel();
        int truncated = 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            Result<ReadModel, UnreadableModel> result = Read(bytes[..length]);
            // The operator set is the last field; without it the model is complete but of operator set 1.
            result.Succeeded.ShouldBeFalse($"{length} of {bytes.Length} bytes");
            truncated += result.Error.Faults[0].Code == FaultCodes.Truncated ? 1 : 0;
        }

        truncated.ShouldBeGreaterThan(bytes.Length * 9 / 10);
    }

    [Theory]
    [InlineData(0xC0000000u)]
    [InlineData(0x7FFFFFFFu)]
    public void A_length_field_of_gigabytes_costs_nothing(uint length)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteRawTag(0x08, 0x08); // ir_version 8
        output.WriteRawTag(0x3A); // graph, of length:
        output.WriteUInt32(length);
        output.WriteRawTag(0x0A, 0x02);
        output.Flush();

        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFault fault = Only(Read(stream.ToArray()));

        fault.Code.ShouldBe(FaultCodes.Truncated);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void A_forged_shape_costs_nothing()
    {
        var model = ModelProto.Parser.ParseFrom(ValidModel());
        model.Graph.Initializer[0].Dims[0] = 1 << 30;
        long before = GC.GetAllocatedBytesForCurrentThread();

        Result<ReadModel, UnreadableModel> result = Read(model.ToByteArray());

        result.Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.MalformedTensor || fault.Code == FaultCodes.TooLarge);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void A_file_above_the_limit_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.onnx"), ValidModel());

        Only(OnnxReader.Read(folder.File("m.onnx"), new ReadOptions { MaximumFileBytes = 100 })).Code.ShouldBe(FaultCodes.TooLarge);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var graph = new GraphProto { Name = "innermost" };
        for (int i = 0; i < 200; i++)
        {
            graph = new GraphProto
            {
                Name = "outer",
                Node = { new NodeProto
                {
                    OpType = "If",
                    Attribute = { new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.Kind.Graph, G = graph } },
                } },
            };
        }

        Only(Read(new ModelProto { IrVersion = 8, Graph = graph }.ToByteArray())).Code.ShouldBe(FaultCodes.TooLarge);
    }

    [Fact]
    public void Flipped_bytes_never_escape_as_exceptions()
    {
        byte[] valid = ValidModel();
        var random = new Random(20);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. valid];
            for (int flip = random.Next(1, 6); flip > 0; flip--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Result<ReadModel, UnreadableModel> result = Read(random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);

            (result.Succeeded || !result.Error.Faults.IsEmpty).ShouldBeTrue($"round {round}");
            if (result.Succeeded)
            {
                NetworkVerifier.Verify(PassPipeline.Default.Run(result.Value.Network)).ShouldBeEmpty($"round {round}");
            }
        }
    }

    [Fact]
    public void Random_fields_never_escape_as_exceptions()
    {
        var random = new Random(21);
        for (int round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Read(bytes).Succeeded.ShouldBeFalse();
        }
    }

    private static ModelFault Only(Result<ReadModel, UnreadableModel> result)
    {
        result.Succeeded.ShouldBeFalse();
        return result.Error!.Faults.ShouldHaveSingleItem();
    }

    private static Result<ReadModel, UnreadableModel> Read(byte[] bytes) => OnnxReader.Read(new MemoryStream(bytes), "memory");

    private static byte[] ValidModel()
    {
        var b = new NetworkBuilder("small");
        string x = b.Input("x", 1, 2, 6, 6);
        string y = FusionTests.Convolution(b, "conv", x, 2, 3, 3, 1, ("pads", new long[] { 1, 1, 1, 1 }));
        y = FusionTests.BatchNorm(b, "bn", y, 3);
        y = b.Add("MaxPool", "pool", [b.Add("Relu", "relu", [y])], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        y = b.Add("Reshape", "flat", [y, b.Constant("shape", Attune.Kernels.Tensor.Vector(1L, -1))]);
        b.Output(b.Add("Gemm", "fc", [y, b.Constant("fw", Equivalence.Random(3, 27, 4))]));
        using var stream = new MemoryStream();
        OnnxWriter.Write(b.Build(), stream);
        stream.Position = 0;
        OnnxReader.Read(stream, "memory").OrThrow(unreadable => unreadable.ToException());
        return stream.ToArray();
    }
}
