using System.Diagnostics;

namespace Attune.EndToEnd;

/// <summary>The launcher ./attune of a checkout, with a stand-in for the SDK that prints what it was told.</summary>
public sealed class LauncherTests : WorkFolder
{
    public LauncherTests()
    {
        foreach (string folder in (string[])["eng", "src", "sdk"])
        {
            Directory.CreateDirectory(PathOf(folder));
        }

        foreach (string file in (string[])["attune", "eng/sdk.sh", "Directory.Build.props", "Directory.Packages.props", "global.json"])
        {
            File.Copy(Repository.PathOf(file), PathOf(file));
        }

        File.WriteAllText(PathOf("sdk/dotnet"), "#!/bin/sh\ncase $1 in --list-sdks) echo '10.0.100 [/sdk]' ;; publish|build) while [ $# -gt 0 ]; do if [ "
            + "\"$1\" = -o ]; then mkdir -p \"$2\"; fi; shift; done ;; *) echo \"called as $ATTUNE_COMMAND with $*\" ;; esac\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf("sdk/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData("./attune zoo list", "called as ./attune with", 0)]
    [InlineData("cd src && ../attune zoo list", "called as ../attune with", 0)]
    [InlineData("PATH=$PWD:$PATH && cd src && attune zoo list", "called as attune with", 0)]
    [InlineData("./attune zoo list 2>/dev/full", "called as ./attune with", 0)]
    [InlineData("./attune zoo list 2>&-", "called as ./attune with", 0)]
    [InlineData("./attune zoo list <&-", "called as ./attune with", 0)]
    public async Task It_tells_the_program_what_it_was_called_as(string line, string printed, int exit)
    {
        (int code, string output, string _) = await RunAsync(line);
        code.ShouldBe(exit);
        output.ShouldContain(printed);
        output.ShouldContain("attune.dll zoo list");
    }

    [Fact]
    public async Task The_first_use_says_what_it_does_and_the_second_is_silent()
    {
        (int code, string _, string error) = await RunAsync("./attune doctor");
        code.ShouldBe(0);
        error.ShouldContain("building from source");
        error.ShouldContain("built in");
        (await RunAsync("./attune doctor")).Error.ShouldBeEmpty();
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", line },
        };
        start.Environment["PATH"] = $"{PathOf("sdk")}:{start.Environment["PATH"]}";
        start.Environment.Remove("ATTUNE_COMMAND");
        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        Task<string> error = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, await output, await error);
    }
}
