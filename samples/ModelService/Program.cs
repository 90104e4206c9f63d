using System.Runtime.InteropServices;
using Attune.Runtime;

// A web service around one tuned model that all requests share: POST /run takes the input's 32-bit floats, row-major and little-endian, and answers with
// the output's.
//   dotnet run -c Release -- MODEL.attune [--threads N] [--urls http://127.0.0.1:5080]
//   dotnet run -c Release -- MODEL.attune --measure [--callers 50] [--seconds 5]
string path = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? throw new ArgumentException("Give the path of a tuned model.");
var settings = new ConfigurationBuilder().AddCommandLine([.. args.Where(argument => argument != path && argument != "--measure")]).Build();
if (args.Contains("--measure"))
{
    await Load.MeasureAsync(path, settings.GetValue("callers", 50), TimeSpan.FromSeconds(settings.GetValue("seconds", 5.0)));
    return;
}

using CompiledModel model = CompiledModel.Load(path, settings.GetValue<int?>("threads") is { } threads ? new ModelOptions { Threads = threads } : null);
await using WebApplication service = Service.Create(model, settings["urls"] ?? "http://127.0.0.1:5080");
await service.RunAsync();

/// <summary>The service.</summary>
internal static class Service
{
    public static WebApplication Create(CompiledModel model, string urls)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        WebApplication service = builder.Build();
        service.MapGet("/", () => string.Join('\n', model.Inputs.Concat(model.Outputs).Select(value => $"{value.Name}: {value.Type}")));
        service.MapPost("/run", async (HttpRequest request) =>
        {
            var input = new float[model.Inputs[0].Type.Shape.Count];
            if (request.ContentLength != (long)input.Length * sizeof(float))
            {
                return Results.BadRequest($"The body must be {input.Length} 32-bit floats.");
            }

            var body = new byte[input.Length * sizeof(float)];
            await request.Body.ReadExactlyAsync(body);
            body.CopyTo(MemoryMarshal.AsBytes(input.AsSpan()));

            // No lock, no pool, no choice of threads: the model uses all its threads for one caller and a thread for each of many.
            var output = new float[model.Outputs[0].Type.Shape.Count];
            model.Run(input, output);
            return Results.Bytes(MemoryMarshal.AsBytes(output.AsSpan()).ToArray());
        });
        return service;
    }
}
