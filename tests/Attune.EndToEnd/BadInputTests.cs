using System.Text;
using Attune.Graph;
using Attune.Graph.Building;
using Attune.Graph.Reading;
using Attune.Kernels;

namespace Attune.EndToEnd;

/// <summary>Input that is wrong in some way: one clear failure with its code and exit code, never a crash.</summary>
public sealed class BadInputTests : WorkFolder
{
    [Fact]
    public async Task A_file_that_is_no_model() => await ShouldFail(3, "check", Write("bad.onnx", Encoding.ASCII.GetBytes("this is a letter, not a model")));

    [Fact]
    public async Task An_empty_file() => await ShouldFail(3, "check", Write("empty.onnx", []));

    [Theory]
    [InlineData("check")]
    [InlineData("bench")]
    public async Task A_pipe_is_not_waited_for(string command)
    {
        string pipe = PathOf(command == "bench" ? "pipe.attune" : "pipe.onnx");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync();
        }

        await ShouldFail(3, command, pipe);
    }

    [Theory]
    [InlineData("zoo", "export", "squeezenet_v1.1", "-o", "/dev/null")]
    [InlineData("tune", "zoo:squeezenet_v1.1", "-o", "/dev/full")]
    public async Task A_device_is_not_replaced_by_a_file(params string[] arguments)
    {
        await ShouldFail(2, arguments);
        File.Exists(arguments[^1]).ShouldBeTrue();
        new FileInfo(arguments[^1]).Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_truncated_model()
    {
        ToolRun export = await Tool.RunAsync(Folder, "zoo", "export", "squeezenet_v1.1", "-o", PathOf("good.onnx"));
        export.Exit.ShouldBe(0, export.ToString());
        byte[] bytes = await File.ReadAllBytesAsync(PathOf("good.onnx"));
        await ShouldFail(3, "check", Write("cut.onnx", bytes[..(bytes.Length / 2)]));
    }

    [Fact]
    public async Task A_length_field_of_three_gigabytes() =>
        await ShouldFail(3, "check", Write("huge.onnx", [0x3A, 0x80, 0x80, 0x80, 0x80, 0x0C, 1, 2, 3]));

    [Fact]
    public async Task A_file_that_is_not_there() => await ShouldFail(2, "check", PathOf("absent.onnx"));

    [Fact]
    public async Task A_zoo_name_with_a_slip()
    {
        ToolRun run = await ShouldFail(2, "check", "zoo:mobilenet_v");
        run.Json.GetProperty("error").GetProperty("next").GetString()!.ShouldContain("mobilenet_v1");
    }

    [Fact]
    public async Task More_threads_than_processors() =>
        (await ShouldFail(2, "tune", "zoo:squeezenet_v1.1", "--threads", "4096", "--budget", "5s", "-o", PathOf("x.attune"))).ErrorCode.ShouldBe("AT1004");

    [Fact]
    public async Task A_tuned_model_that_is_no_zip() =>
        (await ShouldFail(3, "bench", Write("bad.attune", [1, 2, 3]))).ErrorCode.ShouldBe("AT2110");

    [Fact]
    public async Task Records_of_another_program()
    {
        string path = Write("records.jsonl", Encoding.ASCII.GetBytes("{\"hello\": 1}\n"));
        (await ShouldFail(3, "records", "best", path)).ErrorCode.ShouldBe("AT3001");
        (await File.ReadAllTextAsync(path)).ShouldBe("{\"hello\": 1}\n");
    }

    [Fact]
    public async Task Records_in_a_folder_that_cannot_be_written() =>
        await ShouldFail(2, "tune", "zoo:squeezenet_v1.1", "--budget", "2s", "--records", "/proc/attune/records.jsonl", "-o", PathOf("x.attune"));

    [Fact]
    public async Task A_conformance_folder_without_tests() =>
        (await ShouldFail(2, "conformance", Folder)).ErrorCode.ShouldBe("AT2120");

    [Fact]
    public async Task Data_that_contradict_an_operator()
    {
        var builder = new NetworkBuilder("embedding");
        string rows = builder.Input("rows", 5, 2);
        string index = builder.Input("index", new TensorType(DataType.Int64, Shape.Of(1)));
        builder.Output(builder.Add("Gather", "picked", [rows, index]));
        OnnxWriter.Write(builder.Build(), PathOf("gather.onnx"));
        TensorFile.WriteProtobuf(PathOf("rows.pb"), Tensor.Of(Shape.Of(5, 2), new float[10]));
        TensorFile.WriteProtobuf(PathOf("index.pb"), Tensor.Vector(7L));

        ToolRun run = await ShouldFail(3, "run", PathOf("gather.onnx"), "--input", $"rows={PathOf("rows.pb")}", "--input", $"index={PathOf("index.pb")}");

        run.ErrorCode.ShouldBe("AT2043");
        run.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("Node 'picked' (Gather): the index 7 is outside an axis of 5.");
    }

    private async Task<ToolRun> ShouldFail(int exit, params string[] arguments)
    {
        ToolRun run = await Tool.RunAsync(Folder, [.. arguments, "--json"]);
        run.Exit.ShouldBe(exit, run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        run.Json.GetProperty("error").GetProperty("next").GetString().ShouldNotBeNullOrWhiteSpace();
        run.ErrorCode.ShouldMatch("^AT[0-9]{4}$");
        return run;
    }
}
