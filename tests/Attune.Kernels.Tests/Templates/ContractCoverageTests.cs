using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

public sealed class ContractCoverageTests
{
    [Fact]
    public void Every_registered_template_inherits_the_contract() =>
        typeof(ContractCoverageTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(TemplateContract)) && !type.IsAbstract)
            .Select(type => ((TemplateContract)Activator.CreateInstance(type)!).Template.Name)
            .ShouldBe(TemplateRegistry.All.Select(template => template.Name), ignoreOrder: true);
}
