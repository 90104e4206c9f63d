namespace Attune.EndToEnd;

/// <summary>The DATE experiment on a device of OpenCL.</summary>
public sealed class DeviceExperimentTests : WorkFolder
{
    [NeedingFact(Need.OpenCl)]
    public async Task Table_and_figures_are_made_on_a_device_and_go_on_where_they_stopped()
    {
        SmallModel.Write(PathOf("small.onnx"));
        string[] command =
        [
            "experiment", "date2021", "--device", "opencl:0", "--networks", PathOf("small.onnx"), "--tuners", "random,bted", "--seeds", "1", "--trials", "3",
            "--runs", "4", "-o", PathOf("date"), "--json",
        ];

        ToolRun first = await Tool.RunAsync(Folder, command);
        first.Exit.ShouldBe(0, first.ToString());
        first.Json.GetProperty("setting").GetProperty("device").GetString()!.ShouldStartWith("opencl:0");
        first.Json.GetProperty("setting").GetProperty("scale").GetString()!.ShouldStartWith("Scaled down: 1 seed of 10");
        first.Json.GetProperty("setting").GetProperty("command").GetString()!.ShouldContain("--device opencl:0");
        first.Json.GetProperty("table").GetArrayLength().ShouldBe(2);
        File.ReadAllText(Path.Combine(PathOf("date"), "measurements.jsonl")).ShouldContain("\"device_kind\":\"opencl\"");
        string searches = File.ReadAllText(Path.Combine(PathOf("date"), "searches.jsonl"));

        // Nothing is left to search, so that no time is no limit.
        ToolRun again = await Tool.RunAsync(Folder, [.. command, "--time-limit", "1s"]);
        again.Exit.ShouldBe(0, again.ToString());
        File.ReadAllText(Path.Combine(PathOf("date"), "searches.jsonl")).ShouldBe(searches);
    }
}
