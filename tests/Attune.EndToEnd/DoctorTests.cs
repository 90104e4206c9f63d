using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>What <c>attune doctor</c> says about GPUs, with a CUDA driver that needs none.</summary>
public sealed class DoctorTests : WorkFolder
{
    [NeedingFact(Need.HostCompilers)]
    public async Task A_CUDA_device_is_listed_with_its_limits_and_its_compiler()
    {
        FakeCuda.Install(Folder);
        ToolRun run = await Doctor(("FAKE_CUDA_MINOR", "9"));
        run.Exit.ShouldBe(0, run.ToString());
        JsonElement device = run.Json.GetProperty("cuda").EnumerateArray().ShouldHaveSingleItem();
        device.GetProperty("name").GetString().ShouldBe("Fake GPU 0");
        device.GetProperty("capability").GetString().ShouldBe("8.9");
        device.GetProperty("driver").GetString().ShouldBe("12.4");
        device.GetProperty("group_lanes").GetInt32().ShouldBe(1024);
        device.GetProperty("compiler").GetString().ShouldBe("NVRTC 11.4");
        run.Json.GetProperty("cuda_missing").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [NeedingFact(Need.HostCompilers)]
    public async Task A_driver_that_crashes_does_not_end_it()
    {
        FakeCuda.Install(Folder);
        ToolRun run = await Doctor(("FAKE_CUDA_CRASH", "1"));
        run.Exit.ShouldBe(0, run.ToString());
        run.Json.GetProperty("cuda").GetArrayLength().ShouldBe(0);
        run.Json.GetProperty("cuda_missing").GetString()!.ShouldContain("broke down");
    }

    private Task<ToolRun> Doctor((string Name, string Value) setting) =>
        Tool.RunAsync(Folder, [("LD_LIBRARY_PATH", Folder), setting], ["doctor", "--threads", "1", "--json"]);
}
