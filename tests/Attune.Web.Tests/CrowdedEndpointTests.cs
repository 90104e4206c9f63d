using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Attune.Web.Tests;

/// <summary>An endpoint in a process that may open 1,024 descriptors, and 1,500 connections that send one letter and wait.</summary>
public sealed class CrowdedEndpointTests
{
    private const int Descriptors = 1024;
    private const int Idle = 1500;
    private const int Honest = 20;

    [Fact]
    public async Task Idle_connections_give_way_before_descriptors_are_used_up()
    {
        (long answered, long dropped, long refused, long failed) = await Crowd(128, 64);
        answered.ShouldBe(Honest);
        dropped.ShouldBeInRange(Idle - 64, Idle);
        refused.ShouldBe(0);
        failed.ShouldBe(0);
    }

    [Fact]
    public async Task Where_all_descriptors_are_used_up_requests_are_answered_all_the_same()
    {
        // Limits far above what the system gives: only its refusals tell that there is no more room.
        (long answered, long dropped, long refused, long failed) = await Crowd(1_000_000, 1_000_000);
        answered.ShouldBe(Honest);
        refused.ShouldBeGreaterThan(0);
        dropped.ShouldBeGreaterThan(0);
        failed.ShouldBe(0);
    }

    private static async Task<(long Answered, long Dropped, long Refused, long Failed)> Crowd(int max, int maxOfAddress)
    {
        using Process child = Start(max, maxOfAddress);
        var crowd = new List<Socket>();
        try
        {
            var address = new IPEndPoint(
                IPAddress.Loopback, int.Parse((await child.StandardOutput.ReadLineAsync()).ShouldNotBeNull(), CultureInfo.InvariantCulture));
            for (int i = 0; i < Idle; i++)
            {
                var idle = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                crowd.Add(idle);
                await idle.ConnectAsync(address);
                await Send(idle);
                if (i % (Idle / Honest) == 0)
                {
                    await Ask(address);
                }
            }

            await child.StandardInput.WriteLineAsync("end");
            string[] report = (await child.StandardOutput.ReadLineAsync()).ShouldNotBeNull().Split(' ');
            report[0].ShouldBe("Done", "the run itself goes on");
            await child.WaitForExitAsync();
            child.ExitCode.ShouldBe(0, await child.StandardError.ReadToEndAsync());
            long[] counts = [.. report.Skip(1).Select(count => long.Parse(count, CultureInfo.InvariantCulture))];
            return (counts[0], counts[1], counts[2], counts[3]);
        }
        finally
        {
            crowd.ForEach(idle => idle.Dispose());
            if (!child.HasExited)
            {
                child.Kill();
            }
        }
    }

    private static async Task Send(Socket idle)
    {
        try
        {
            await idle.SendAsync("G"u8.ToArray());
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // It was let go already, which is what is tested.
            idle.Close();
        }
    }

    private static async Task Ask(IPEndPoint address)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        (await client.GetStringAsync(new Uri("/state", UriKind.Relative))).ShouldContain("members");
    }

    private static Process Start(int max, int maxOfAddress)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] arguments = ["-c", $"ulimit -n {Descriptors} && exec \"$0\" \"$@\"", host, Path.Combine(
            AppContext.BaseDirectory, "Attune.Web.TestEndpoint.dll"), $"{max}", $"{maxOfAddress}"];
        return Process.Start(new ProcessStartInfo(
            "/bin/sh",
            arguments)
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })
            .ShouldNotBeNull();
    }
}
