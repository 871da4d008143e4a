await customElements.whenDefined(`home-assistant`);function e(e,t){let n=window[e]??=[];n.some(e=>e.type===t.type)||n.push(t)}function t(e,t){customElements.get(e)||customElements.define(e,t)}var n=globalThis,r=n.ShadowRoot&&(n.ShadyCSS===void 0||n.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,i=Symbol(),a=new WeakMap,o=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==i)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(r&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=a.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&a.set(t,e))}return e}toString(){return this.cssText}},s=e=>new o(typeof e==`string`?e:e+``,void 0,i),c=(e,...t)=>new o(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,i),l=(e,t)=>{if(r)e.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let r of t){let t=document.createElement(`style`),i=n.litNonce;i!==void 0&&t.setAttribute(`nonce`,i),t.textContent=r.cssText,e.appendChild(t)}},u=r?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return s(t)})(e):e,{is:d,defineProperty:ee,getOwnPropertyDescriptor:te,getOwnPropertyNames:ne,getOwnPropertySymbols:re,getPrototypeOf:ie}=Object,f=globalThis,ae=f.trustedTypes,oe=ae?ae.emptyScript:``,se=f.reactiveElementPolyfillSupport,p=(e,t)=>e,m={toAttribute(e,t){switch(t){case Boolean:e=e?oe:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},ce=(e,t)=>!d(e,t),le={attribute:!0,type:String,converter:m,reflect:!1,useDefault:!1,hasChanged:ce};Symbol.metadata??=Symbol(`metadata`),f.litPropertyMetadata??=new WeakMap;var h=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=le){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&ee(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=te(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??le}static _$Ei(){if(this.hasOwnProperty(p(`elementProperties`)))return;let e=ie(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(p(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(p(`properties`))){let e=this.properties,t=[...ne(e),...re(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(u(e))}else e!==void 0&&t.push(u(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return l(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?m:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?m:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??ce)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};h.elementStyles=[],h.shadowRootOptions={mode:`open`},h[p(`elementProperties`)]=new Map,h[p(`finalized`)]=new Map,se?.({ReactiveElement:h}),(f.reactiveElementVersions??=[]).push(`2.1.2`);var g=globalThis,ue=e=>e,_=g.trustedTypes,de=_?_.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,fe=`$lit$`,v=`lit$${Math.random().toFixed(9).slice(2)}$`,pe=`?`+v,me=`<${pe}>`,y=document,b=()=>y.createComment(``),x=e=>e===null||typeof e!=`object`&&typeof e!=`function`,S=Array.isArray,he=e=>S(e)||typeof e?.[Symbol.iterator]==`function`,C=`[ 	
\f\r]`,w=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,T=/-->/g,E=/>/g,D=RegExp(`>|${C}(?:([^\\s"'>=/]+)(${C}*=${C}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),ge=/'/g,_e=/"/g,ve=/^(?:script|style|textarea|title)$/i,O=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),k=Symbol.for(`lit-noChange`),A=Symbol.for(`lit-nothing`),ye=new WeakMap,j=y.createTreeWalker(y,129);function be(e,t){if(!S(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return de===void 0?t:de.createHTML(t)}var xe=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=w;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===w?c[1]===`!--`?o=T:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=D):(ve.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=D):o=E:o===D?c[0]===`>`?(o=i??w,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?D:c[3]===`"`?_e:ge):o===_e||o===ge?o=D:o===T||o===E?o=w:(o=D,i=void 0);let d=o===D&&e[t+1].startsWith(`/>`)?` `:``;a+=o===w?n+me:l>=0?(r.push(s),n.slice(0,l)+fe+n.slice(l)+v+d):n+v+(l===-2?t:d)}return[be(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},M=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=xe(t,n);if(this.el=e.createElement(l,r),j.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=j.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(fe)){let t=u[o++],n=i.getAttribute(e).split(v),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ce:r[1]===`?`?we:r[1]===`@`?Te:F}),i.removeAttribute(e)}else e.startsWith(v)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(ve.test(i.tagName)){let e=i.textContent.split(v),t=e.length-1;if(t>0){i.textContent=_?_.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],b()),j.nextNode(),c.push({type:2,index:++a});i.append(e[t],b())}}}else if(i.nodeType===8){if(i.data===pe)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(v,e+1))!==-1;)c.push({type:7,index:a}),e+=v.length-1}}a++}}static createElement(e,t){let n=y.createElement(`template`);return n.innerHTML=e,n}};function N(e,t,n=e,r){if(t===k)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=x(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=N(e,i._$AS(e,t.values),i,r)),t}var Se=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??y).importNode(t,!0);j.currentNode=r;let i=j.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new P(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new Ee(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=j.nextNode(),a++)}return j.currentNode=y,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},P=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=A,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=N(this,e,t),x(e)?e===A||e==null||e===``?(this._$AH!==A&&this._$AR(),this._$AH=A):e!==this._$AH&&e!==k&&this._(e):e._$litType$===void 0?e.nodeType===void 0?he(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==A&&x(this._$AH)?this._$AA.nextSibling.data=e:this.T(y.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=M.createElement(be(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Se(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=ye.get(e.strings);return t===void 0&&ye.set(e.strings,t=new M(e)),t}k(t){S(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(b()),this.O(b()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=ue(e).nextSibling;ue(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},F=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=A,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=A}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=N(this,e,t,0),a=!x(e)||e!==this._$AH&&e!==k,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=N(this,r[n+o],t,o),s===k&&(s=this._$AH[o]),a||=!x(s)||s!==this._$AH[o],s===A?e=A:e!==A&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===A?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ce=class extends F{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===A?void 0:e}},we=class extends F{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==A)}},Te=class extends F{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=N(this,e,t,0)??A)===k)return;let n=this._$AH,r=e===A&&n!==A||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==A&&(n===A||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Ee=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){N(this,e)}},De=g.litHtmlPolyfillSupport;De?.(M,P),(g.litHtmlVersions??=[]).push(`3.3.3`);var Oe=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new P(t.insertBefore(b(),e),e,void 0,n??{})}return i._$AI(e),i},I=globalThis,L=class extends h{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Oe(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return k}};L._$litElement$=!0,L.finalized=!0,I.litElementHydrateSupport?.({LitElement:L});var ke=I.litElementPolyfillSupport;ke?.({LitElement:L}),(I.litElementVersions??=[]).push(`4.2.2`);function Ae(e,t){for(let n of e.pbxs.values())for(let e of n.sections.people.values())if(t?e.device_id===t:n.facts?.me.includes(e.id)??!1)return{pbx:n,person:e}}function R(e,t,n){let r=e.pbxs.get(t);if(r){for(let e of r.sections.people.values())if(n?e.device_id===n:r.facts?.me.includes(e.id))return{pbx:r,person:e}}}var z=(e,t)=>!!e&&!!e.pbx.facts?.connected&&e.person.control&&e.pbx.can(t)&&!!e.person.device_id,B=e=>z(e,`dial`);function V(e,t){return B(e)&&!!t.number&&t!==e.person}function je(e,t){return z(e,`pick_up`)&&t!==e.person&&t.control&&U(t,`ringing`)!==void 0}function H(e,t){return z(e,`transfer`)&&!!t.number&&t!==e.person&&W(e)!==void 0}function U(e,...t){return e.calls.find(e=>t.includes(e.state))}function W(e){if(z(e,`transfer`))return U(e.person,`talking`,`on_hold`)??U(e.person,`ringing`)}var Me=[{name:`answer`,icon:`mdi:phone`,service:`answer`,capability:`answer`,states:[`ringing`],look:`good`},{name:`reject`,icon:`mdi:phone-remove`,service:`reject`,capability:`reject`,states:[`ringing`],look:`bad`},{name:`hang_up`,icon:`mdi:phone-hangup`,service:`hangup`,capability:`hang_up`,states:[`talking`,`on_hold`,`dialing`],look:`bad`},{name:`hold`,icon:`mdi:pause`,service:`hold`,capability:`hold`,states:[`talking`]},{name:`resume`,icon:`mdi:play`,service:`resume`,capability:`hold`,states:[`on_hold`]},{name:`transfer`,icon:`mdi:phone-forward`,service:`transfer`,capability:`transfer`,states:[`talking`,`on_hold`,`ringing`],local:!0},{name:`park`,icon:`mdi:parking`,service:`park`,capability:`park`,states:[`talking`,`on_hold`]},{name:`tones`,icon:`mdi:dialpad`,service:`send_dtmf`,capability:`send_dtmf`,states:[`talking`],local:!0}];function Ne(e,t){return Me.filter(n=>z(e,n.capability)&&n.states.includes(t.state))}var Pe=class{constructor(e){this.hass=e}async act(e,t,n,r={}){await this.run(e,t,{call_id:n.call_id,...r})}async dial(e,t){await this.run(e,`dial`,{number:t})}async transfer(e,t,n){await this.act(e,t.state===`ringing`?`redirect`:`transfer`,t,{number:n})}async pickUp(e,t){await this.run(e,`pick_up`,{ringing_at:t.device_id})}async setDoNotDisturb(e,t,n){await this.run(e,`set_do_not_disturb`,{on:t,...n?{duration:{minutes:n}}:{}})}async forward(e,t){await this.run(e,`set_forward`,t?{number:t}:{})}async findContacts(e,t){let n={config_entry_id:e,words:t};return(await this.hass.callService(`pbx`,`find_contacts`,n,void 0,!1,!0)).response?.contacts??[]}async setAgent(e,t,n){await this.hass.callService(`pbx`,`set_queue_agent`,{queue:t,change:n},{device_id:e.device_id})}async run(e,t,n){await this.hass.callService(`pbx`,t,n,{device_id:e.person.device_id})}},Fe=new Map;function Ie(e){let t=Fe.get(e);if(!t){try{t=new Intl.Collator(e,{sensitivity:`base`,numeric:!0})}catch{t=new Intl.Collator}Fe.set(e,t)}return t}var Le=e=>e.calls.length>0||![`idle`,`offline`,`unknown`].includes(e.status);function Re(e,t,n){let r=e=>e.normalize(`NFD`).replace(/\p{M}/gu,``).toLowerCase(),i=r(`${e} ${t??``}`).split(/[\s,.-]+/);return r(n).trim().split(/\s+/).every(e=>i.some(t=>t.startsWith(e)))}function ze(e,t,n,r,i){let a=e.device_id?r.devices[e.device_id]:void 0;if(t===`system`)return[n.pbxs.get(e.entry)?.facts?.title??``];if(t===`area`){let e=a?.area_id?r.areas[a.area_id]?.name:void 0;return e?[e]:[]}return t===`label`?(a?.labels??[]).map(e=>i[e]??e):n.list(`queues`,e.entry).filter(t=>t.agents.some(t=>t.user===e.id)).map(e=>e.name)}function Be(e,t,n,r,i,a={}){if(t===`none`)return e.length?[{name:``,people:e}]:[];let o=new Map,s=[];for(let i of e){let e=ze(i,t,n,r,a);e.length||s.push(i);for(let t of e){let e=o.get(t);e?e.push(i):o.set(t,[i])}}let c=Ie(r.locale.language),l=[...o].map(([e,t])=>({name:e,people:t}));return l.sort((e,t)=>c.compare(e.name,t.name)),s.length&&l.push({name:i,people:s}),l}var G=c`
  :host {
    display: block;
    height: 100%;
    --pbx-good: #2e7d32;
    --pbx-bad: #c62828;
    --pbx-warn: #b45309;
    --pbx-line: var(--divider-color, #e0e0e0);
    color: var(--primary-text-color);
  }
  :host([dark]) {
    --pbx-good: #4caf50;
    --pbx-bad: #ef5350;
    --pbx-warn: #ffb74d;
  }
  ha-card {
    height: 100%;
    box-sizing: border-box;
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 12px 16px 4px;
  }
  h2 {
    flex: 1 1 auto;
    margin: 0;
    font-size: 1.15em;
    font-weight: 500;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .body {
    flex: 1 1 auto;
    min-height: 0;
    padding: 8px 16px 16px;
    overflow: auto;
  }
  .empty {
    color: var(--secondary-text-color);
    padding: 16px 0;
    text-align: center;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
    background: none;
    border: 1px solid var(--pbx-line);
    border-radius: 18px;
    min-height: 36px;
    padding: 0 14px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    --mdc-icon-size: 20px;
    touch-action: manipulation;
  }
  button:hover {
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  button.icon {
    width: 40px;
    min-height: 40px;
    padding: 0;
    border-radius: 50%;
    border-color: transparent;
    flex: none;
  }
  button.good,
  button.bad {
    color: #fff;
    border-color: transparent;
    background: #2e7d32;
  }
  button.bad {
    background: #c62828;
  }
  button.good:hover {
    background: #1b5e20;
  }
  button.bad:hover {
    background: #a31515;
  }
  button[aria-pressed="true"],
  button[aria-selected="true"] {
    background: color-mix(in srgb, var(--primary-color) 22%, transparent);
    border-color: var(--primary-color);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  input[type="search"],
  input[type="text"],
  input[type="tel"],
  select {
    box-sizing: border-box;
    min-height: 40px;
    width: 100%;
    padding: 0 12px;
    border: 1px solid var(--pbx-line);
    border-radius: 20px;
    background: var(--card-background-color, #fff);
  }
  input::placeholder {
    color: var(--secondary-text-color);
    opacity: 1;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 48px;
    border-bottom: 1px solid var(--pbx-line);
  }
  .row:last-child {
    border-bottom: none;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .note {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 8px 16px;
    background: color-mix(in srgb, var(--pbx-warn) 16%, transparent);
  }
  bdi {
    unicode-bidi: isolate;
  }
`,Ve={idle:`mdi:check-circle`,dialing:`mdi:phone-outgoing`,ringing:`mdi:phone-ring`,talking:`mdi:phone-in-talk`,on_hold:`mdi:pause-circle`,busy:`mdi:minus-circle`,offline:`mdi:close-circle-outline`,unknown:`mdi:help-circle-outline`},K={idle:`var(--pbx-good)`,dialing:`var(--pbx-warn)`,ringing:`var(--pbx-warn)`,talking:`var(--pbx-bad)`,on_hold:`var(--pbx-warn)`,busy:`var(--pbx-bad)`,offline:`var(--secondary-text-color)`,unknown:`var(--secondary-text-color)`},He=class{constructor(e){this.id=e,this.complete=!1,this.sections={people:new Map,phones:new Map,queues:new Map,mailboxes:new Map,switches:new Map,calls:new Map}}apply(e){if(e.reset){for(let e of Object.values(this.sections))e.clear();this.complete=!1}this.facts=e.pbx??this.facts;for(let[t,n]of Object.entries(e.set??{})){let e=this.sections[t];for(let[t,r]of Object.entries(n))e.set(t,{...r,id:t,entry:this.id})}for(let[t,n]of Object.entries(e.gone??{}))for(let e of n)this.sections[t].delete(e);this.complete||=e.complete??!1}can(e){return this.facts?.can.includes(e)??!1}},Ue=5e3,We=2e3,Ge=class{constructor(e){this.connection=e,this.pbxs=new Map,this.loaded=!1,this.ahead=0,this.readers=new Set,this.asked=new Set,this.round=0,this.frame=0,this.linger=0,this.retry=0,this.handleReady=()=>{this.stop=void 0,this.readers.size&&this.subscribe()},e.addEventListener(`ready`,this.handleReady)}read(e,t){let n={sections:e,update:t};return this.readers.add(n),clearTimeout(this.linger),(e.some(e=>!this.asked.has(e))||!this.stop)&&queueMicrotask(()=>this.subscribe()),()=>{this.readers.delete(n),this.readers.size===0&&(this.linger=window.setTimeout(()=>this.unsubscribe(),Ue))}}async whenLoaded(e,...t){return new Promise(n=>{let r=()=>{i(),clearTimeout(a),n(this.loaded)},i=this.read(t,()=>(this.loaded||this.error)&&r()),a=window.setTimeout(r,e);this.loaded&&t.every(e=>this.asked.has(e))&&r()})}list(e,t){let n=[];for(let r of this.pbxs.values())t&&r.id!==t||n.push(...r.sections[e].values());return n}get(e,t,n){return n===null?void 0:this.pbxs.get(t)?.sections[e].get(n)}now(){return Date.now()+this.ahead}subscribe(){let e=new Set([...this.readers].flatMap(e=>e.sections));if(this.stop&&[...e].every(e=>this.asked.has(e)))return;for(let t of this.asked)e.add(t);this.unsubscribe(),this.asked=e;let t=this.round,n={type:`pbx/subscribe`,sections:[...e]};this.stop=this.connection.subscribeMessage(e=>t===this.round&&this.apply(e),n,{resubscribe:!1}).catch(e=>{t===this.round&&this.handleRefusal(e?.code??`error`)})}handleRefusal(e){this.stop=void 0,this.error=e,this.notify(),this.readers.size&&(this.retry=window.setTimeout(()=>this.subscribe(),We))}unsubscribe(){this.round+=1,clearTimeout(this.retry),this.stop?.then(e=>e?.()).catch(()=>void 0),this.stop=void 0,this.asked=new Set,this.loaded=!1}apply(e){if(this.error=void 0,e.entries){for(let t of this.pbxs.keys())e.entries.includes(t)||this.pbxs.delete(t);for(let t of e.entries)this.pbxs.has(t)||this.pbxs.set(t,new He(t))}else if(e.entry_id){let t=this.pbxs.get(e.entry_id)??new He(e.entry_id);this.pbxs.set(t.id,t),t.apply(e),e.now&&(this.ahead=Date.parse(e.now)-Date.now())}this.loaded=[...this.pbxs.values()].every(e=>e.complete),this.notify()}notify(){this.frame||=requestAnimationFrame(()=>{this.frame=0;for(let e of[...this.readers])e.update()})}},Ke=new WeakMap;function qe(e){let t=Ke.get(e.connection);return t||Ke.set(e.connection,t=new Ge(e.connection)),t}var q={"status.idle":`Free`,"status.dialing":`Dialing`,"status.ringing":`Ringing`,"status.talking":`On a call`,"status.on_hold":`On hold`,"status.busy":`Busy`,"status.offline":`Offline`,"status.unknown":`Unknown`,"presence.available":`Available`,"presence.away":`Away`,"presence.busy":`Busy`,"presence.dnd":`Do not disturb`,"presence.on_the_phone":`On the phone`,"presence.offline":`Offline`,"presence.other":`Other`,"call.ringing":`{who} is calling`,"call.dialing":`Calling {who}`,"call.talking":`On a call with {who}`,"call.on_hold":`{who} is on hold`,"call.with":`with {who}`,"call.from":`from {who}`,"call.to":`to {who}`,"call.knocking":`{who} is calling too`,unknown_caller:`Unknown caller`,do_not_disturb:`Do not disturb`,forwarded_to:`Forwarded to {number}`,new_messages:`New messages: {count}`,extension:`Extension {number}`,"action.call":`Call`,"action.call_who":`Call {who}`,"action.answer":`Answer`,"action.reject":`Reject`,"action.hang_up":`Hang up`,"action.hold":`Hold`,"action.resume":`Resume`,"action.transfer":`Transfer`,"action.transfer_to":`Transfer to {who}`,"action.park":`Park`,"action.pick_up":`Pick up`,"action.tones":`Keypad`,"action.send_tone":`Send {tone}`,"action.more":`More about {who}`,"action.close":`Close`,"action.cancel":`Cancel`,"action.call_back":`Call back`,"action.call_back_who":`Call back {who}`,"action.delete_digit":`Delete the last digit`,"action.forward":`Forward calls`,"action.stop_forwarding":`Stop forwarding`,"action.forward_to":`Forward to`,"action.clear_search":`Clear the search`,"done.calling":`Calling {who}`,"done.transferred":`Transferred to {who}`,"done.picked_up":`The call comes to your phone`,"done.parked":`Parked`,"transfer.choose":`Choose who gets the call with {who}. Escape cancels.`,search:`Search`,"search.people":`Name or extension`,"search.dial":`Name or number`,"filter.busy":`On the phone`,"filter.all":`All`,"people.none":`Nobody here`,"people.nobody_found":`Nobody found`,"people.count":`People: {count}`,"group.none":`Others`,"dnd.off":`Off`,"dnd.on":`On`,"dnd.until_off":`Until switched off`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} h`,to_return:`Calls to return`,"to_return.none":`No calls to return`,"to_return.done":`Done: {what}`,"my.nobody":`Home Assistant does not know which telephone is yours`,"my.nobody_help":`Tie people to users in the options of the integration, or choose a user in this card.`,"my.idle":`No call`,not_connected:`The telephone system is not connected`,no_pbx:`No telephone system is set up`,loading:`Loading`,phone_offline:`No phone is registered`,"queue.waiting":`Waiting`,"queue.longest_wait":`Longest wait`,"queue.service_level":`Service level`,"queue.answered":`Answered`,"queue.aborted":`Given up`,"queue.agents":`Agents`,"queue.callers":`Callers`,"queue.no_callers":`Nobody waits`,"queue.none":`No queue`,"queue.free":`{free} free of {all}`,"queue.log_in":`Log in`,"queue.log_out":`Log out`,"queue.pause":`Pause`,"queue.resume":`Resume work`,"queue.paused":`Paused`,"queue.logged_in":`Logged in`,"queue.logged_out":`Logged out`,"queue.full_screen":`Full screen`,"queue.leave_full_screen":`Leave full screen`,"queue.sound_on":`Turn sound on`,"queue.sound_off":`Turn sound off`,"queue.level.good":`Good`,"queue.level.warning":`Attention`,"queue.level.alert":`Urgent`,"queue.average_talk":`Average talk`,"queue.average_hold":`Average wait`,"calls.all":`All`,"calls.missed":`Missed`,"calls.mine":`Mine`,"calls.queue":`Queue`,"calls.more":`Show more`,"calls.none":`No calls yet`,"calls.in.answered":`{caller} called {called}`,"calls.in.missed":`{caller} called {called}, nobody answered`,"calls.in.busy":`{caller} called {called}, who was busy`,"calls.in.voicemail":`{caller} left a message for {called}`,"calls.in.failed":`{caller} could not reach {called}`,"calls.in.transferred":`{caller} called {called} and was transferred`,"calls.me.answered":`{caller} called you`,"calls.me.missed":`You missed a call from {caller}`,"calls.me.answered_elsewhere":`{caller} called you, somebody else answered`,"calls.me.voicemail":`{caller} left you a message`,"calls.i.answered":`You called {called}`,"calls.i.missed":`You called {called}, nobody answered`,"calls.i.busy":`You called {called}, who was busy`,"calls.i.failed":`You could not reach {called}`,"calls.answered_by":`answered by {who}`,"calls.queue_name":`queue {name}`,"parked.none":`No parked calls`,"parked.space":`Space {space}`,"mailboxes.none":`No mailbox`,"mailboxes.counts":`{new} new, {old} old`,"switches.none":`No routing switch`,"switches.on":`On`,"switches.off":`Off`,"switches.fixed":`Only the telephone system can change this`,"waiting.badge":`Waiting: {count}`,"system.connected":`Connected`,"system.disconnected":`Not connected`,"system.version":`Version`,"system.phones":`Unregistered phones`,"system.all_registered":`All phones are registered`,"view.switchboard":`Switchboard`,"view.my_phone":`My phone`,"view.queues":`Queues`,"view.calls":`Calls`,"view.system":`System`,"card.switchboard":`PBX switchboard`,"card.switchboard.description":`Everybody of the house or office: who talks with whom, who is free`,"card.my_phone":`PBX my phone`,"card.my_phone.description":`Your own telephone: answer, transfer, dial, calls to return`,"card.wallboard":`PBX queue wallboard`,"card.wallboard.description":`Who waits, for how long, and who answers`,"card.calls":`PBX calls`,"card.calls.description":`The calls that are over, to read and to return`,"card.parked":`PBX parked calls`,"card.parked.description":`Parked calls, to pick up`,"card.mailboxes":`PBX mailboxes`,"card.mailboxes.description":`New voice messages`,"card.switches":`PBX routing switches`,"card.switches.description":`Night mode and the like`,"card.system":`PBX system`,"card.system.description":`Connection, version and phones that are not registered`,"badge.waiting":`PBX callers waiting`,"badge.waiting.description":`How many wait in the queues`,"feature.call_actions":`Call actions`,"strategy.name":`Telephone`,"strategy.description":`Switchboard, your phone, queues, calls and the telephone system`,"form.title":`Title`,"form.entry":`Telephone system`,"form.group_by":`Group by`,"form.group_by.none":`No groups`,"form.group_by.area":`Area`,"form.group_by.label":`Label`,"form.group_by.queue":`Queue`,"form.group_by.system":`Telephone system`,"form.busy_only":`Show only who is on the phone`,"form.device":`Whose telephone`,"form.device_help":`Empty for the person who is logged in`,"form.queues":`Queues`,"form.waiting_warning":`Attention from so many callers`,"form.waiting_alert":`Urgent from so many callers`,"form.wait_warning":`Attention from so many seconds`,"form.wait_alert":`Urgent from so many seconds`,"form.service_warning":`Attention below this service level`,"form.only":`Show`,"form.sound":`Sound when somebody waits`},Je={en:q};function Ye(e,t,n={}){return((Je[e]??Je[e.split(`-`)[0]]??q)[t]??q[t]).replace(/\{(\w+)\}/g,(e,t)=>String(n[t]??``))}function J(e){let t=e?.locale?.language??e?.language??`en`;return(e,n)=>Ye(t,e,n)}function Xe(){let e=null;try{e=JSON.parse(localStorage.getItem(`selectedLanguage`)??`null`)}catch{}let t=e??navigator.language;return(e,n)=>Ye(t,e,n)}var Ze={name:`entry`,selector:{config_entry:{integration:`pbx`}}},Qe={name:`title`,selector:{text:{}}},$e={name:`device`,selector:{device:{filter:{integration:`pbx`}}}};function et(e){let t=document.querySelector(`home-assistant`)?.hass,n=J(t);return{schema:e,computeLabel:e=>n(`form.${e.name}`),computeHelper:e=>e.name===`device`?n(`form.device_help`):void 0}}function tt(e,t,n){let r=document.querySelector(`home-assistant`)?.hass,i=J(r);return{name:e,selector:{select:{mode:`dropdown`,options:t.map(e=>({value:e,label:i(`${n}.${e}`)}))}}}}var Y=class extends L{static{this.properties={config:{state:!0},message:{state:!0}}}static{this.styles=G}constructor(){super(),this.message=``}setConfig(e){this.config=e}getCardSize(){return 6}getGridOptions(){return{columns:12,min_columns:6}}get hass(){return this.own}set hass(e){let t=this.own;this.own=e,t?.connection!==e.connection&&this.connect(),(!t||this.concerns(t,e))&&this.requestUpdate()}concerns(e,t){return[`devices`,`areas`,`locale`,`user`,`connected`].some(n=>e[n]!==t[n])||X(e)!==X(t)}connectedCallback(){super.connectedCallback(),this.connect()}disconnectedCallback(){super.disconnectedCallback(),this.stopReading?.(),this.stopReading=void 0}connect(){this.own&&this.isConnected&&(this.stopReading?.(),this.store=qe(this.own),this.stopReading=this.store.read(this.sections,()=>this.requestUpdate()))}updated(e){super.updated(e),this.toggleAttribute(`dark`,!!this.own&&X(this.own))}get t(){return J(this.own)}get commander(){return new Pe(this.hass)}get me(){return this.store&&Ae(this.store,this.config?.device)}name(e){return(e.device_id?this.hass.devices?.[e.device_id]:void 0)?.name_by_user||e.name}who(e){return e?.name||e?.number||this.t(`unknown_caller`)}async run(e,t){try{await e}catch{return!1}return t&&this.say(t),!0}say(e){this.message=e,this.dispatchEvent(new CustomEvent(`hass-notification`,{detail:{message:e,duration:3e3},bubbles:!0,composed:!0}))}render(){return!this.config||!this.own||!this.store?A:O`<ha-card>${this.renderNotes()}${this.renderCard()}<div class="sr" role="status">${this.message}</div></ha-card>`}renderNotes(){let e=this.store;return!e.loaded&&e.pbxs.size===0?O`<div class="empty">${this.t(`loading`)}</div>`:e.loaded&&e.pbxs.size===0?O`<div class="empty">${this.t(`no_pbx`)}</div>`:[...e.pbxs.values()].filter(e=>e.facts&&!e.facts.connected&&(!this.config.entry||e.id===this.config.entry)).map(e=>O`<div class="note" role="alert">
            <ha-icon icon="mdi:lan-disconnect"></ha-icon><span>${this.t(`not_connected`)}: ${e.facts.title}</span>
          </div>`)}};function X(e){return!!e.themes?.darkMode}var nt=class{constructor(e){this.host=e,this.items=[],e.addController(this)}follow(e,t){this.hass=e,(t??void 0)!==this.entityId&&(this.hostDisconnected(),t&&(this.entityId=t,this.stop=e.connection.subscribeMessage(e=>{this.items=e.items,this.host.requestUpdate()},{type:`todo/item/subscribe`,entity_id:t}).catch(()=>void 0)))}hostDisconnected(){this.stop?.then(e=>e?.()),this.stop=void 0,this.entityId=void 0,this.items=[]}async setDone(e){let t={item:e.uid,status:e.status===`completed`?`needs_action`:`completed`};await this.hass?.callService(`todo`,`update_item`,t,{entity_id:this.entityId})}};function rt(e,t,n){let r=t.items.filter(e=>e.status===`needs_action`);return O`<h3>${e(`to_return`)}</h3>
    ${r.length?O`<ul>
          ${r.map(r=>{let i=it(r.summary);return O`<li class="row">
              <input
                type="checkbox"
                aria-label=${e(`to_return.done`,{what:r.summary})}
                @change=${()=>void t.setDone(r)}
              />
              <span class="grow"
                ><bdi>${r.summary}</bdi>${r.description?O` <span class="quiet">${r.description}</span>`:A}</span
              >
              ${i?O`<button class="icon" aria-label=${e(`action.call_back_who`,{who:r.summary})} @click=${()=>n(i)}>
                    <ha-icon icon="mdi:phone"></ha-icon>
                  </button>`:A}
            </li>`})}
        </ul>`:O`<div class="quiet">${e(`to_return.none`)}</div>`}`}function it(e){if(!e.includes(`•`))return/(\+?\d[\d\s-]{1,})\)?$/.exec(e)?.[1]?.trim()}var at=[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`,`*`,`0`,`#`],ot=[``,`ABC`,`DEF`,`GHI`,`JKL`,`MNO`,`PQRS`,`TUV`,`WXYZ`,``,`+`,``],st=[30,60,240,480],ct=8,lt=300,ut=class extends Y{static{this.properties={...Y.properties,typed:{state:!0},found:{state:!0},open:{state:!0}}}static{this.styles=[G,c`
      .call {
        margin: 4px 0 12px;
        padding: 16px;
        border-radius: 16px;
        background: color-mix(in srgb, var(--primary-color) 12%, transparent);
      }
      .call.ringing {
        background: color-mix(in srgb, var(--pbx-warn) 18%, transparent);
      }
      .caller {
        font-size: 1.9em;
        line-height: 1.2;
        overflow-wrap: anywhere;
      }
      .call.more .caller {
        font-size: 1.15em;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        margin: 4px 0 12px;
      }
      .call .buttons button {
        min-height: 48px;
        border-radius: 24px;
        flex: 1 1 auto;
      }
      .pad {
        display: grid;
        grid-template-columns: repeat(3, minmax(56px, 96px));
        justify-content: center;
        gap: 8px;
        margin: 12px 0;
        direction: ltr;
      }
      .pad button {
        min-height: 52px;
        border-radius: 26px;
        flex-direction: column;
        gap: 0;
        font-size: 1.25em;
        line-height: 1.1;
      }
      .pad small {
        font-size: 0.5em;
        min-height: 1.1em;
      }
      .dial {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .settings {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 12px;
      }
      .found button {
        width: 100%;
        justify-content: flex-start;
        border-radius: 8px;
        border-color: transparent;
        min-height: 44px;
        text-align: start;
      }
      h3 {
        margin: 16px 0 4px;
        font-size: 1em;
        font-weight: 500;
      }
      .idle {
        padding: 8px 0;
      }
    `]}constructor(){super(),this.sections=[`people`],this.toDo=new nt(this),this.searching=0,this.typed=``,this.found=[]}static getStubConfig(){return{}}static getConfigForm(){return et([Qe,$e])}updated(e){super.updated(e),this.toDo.follow(this.hass,this.me?.person.to_do)}renderCard(){let{me:e,t}=this;if(!this.store.loaded&&!e)return A;if(!e)return O`<div class="head"><h2>${this.config.title??t(`view.my_phone`)}</h2></div>
        <div class="body">
          <p>${t(`my.nobody`)}</p>
          <p class="quiet">${t(`my.nobody_help`)}</p>
        </div>`;let{person:n}=e,r=n.phones.length>0&&n.phones.every(e=>e.registered===!1);return O`
      <div class="head">
        <h2>${this.config.title??t(`view.my_phone`)}</h2>
        <span class="quiet"><bdi>${this.name(n)}</bdi> · <bdi>${n.number}</bdi></span>
      </div>
      <div class="body">
        ${r?O`<div class="note" role="alert"><ha-icon icon="mdi:phone-off"></ha-icon>${t(`phone_offline`)}</div>`:A}
        <div aria-live="assertive">
          ${n.calls.length?n.calls.map((t,n)=>this.renderCall(e,t,n)):O`<div class="idle quiet">${t(`my.idle`)}</div>`}
        </div>
        ${this.renderDial(e)} ${this.renderSettings(e)}
        ${this.toDo.entityId?rt(this.t,this.toDo,t=>B(e)?this.dial(e,t,t):void 0):A}
      </div>
    `}renderCall(e,t,n){let{t:r}=this,i=this.who(t),a=t.state===`ringing`&&n>0?`call.knocking`:`call.${t.state}`,o=e=>n===0&&this.open===e;return O`<div class="call ${t.state} ${n?`more`:``}" role="group" aria-label=${r(a,{who:i})}>
      <div class="caller"><bdi>${i}</bdi></div>
      <div class="facts">
        <span>${t.state===`ringing`&&n>0?r(a,{who:i}):r(`status.${t.state}`)}</span>
        ${t.name&&t.number?O`<bdi>${t.number}</bdi>`:A}
        ${t.queue?O`<span>${r(`calls.queue_name`,{name:t.queue})}</span>`:A}
        <pbx-timer .since=${t.since} .ahead=${this.store.ahead}></pbx-timer>
      </div>
      <div class="buttons">${Ne(e,t).map(n=>this.renderAction(e,t,n))}</div>
      ${o(`tones`)?this.renderPad(n=>this.sendTone(e,t,n),`action.send_tone`):A}
      ${o(`transfer`)?this.renderTransfer(e,t):A}
    </div>`}renderAction(e,t,n){let{t:r}=this,i=O`<ha-icon icon=${n.icon}></ha-icon>${r(`action.${n.name}`)}`;if(!n.local)return O`<button class=${n.look??``} @click=${()=>this.act(e,n,t)}>${i}</button>`;let a=n.name;return O`<button
      aria-expanded=${this.open===a}
      @click=${()=>{this.open=this.open===a?void 0:a,this.typed=``,this.found=[]}}
    >
      ${i}
    </button>`}async act(e,t,n){let r=t.name===`park`?this.t(`done.parked`):void 0;await this.run(this.commander.act(e,t.service,n),r)}renderPad(e,t){return O`<div class="pad" role="group" aria-label=${this.t(`action.tones`)}>
      ${at.map((n,r)=>O`<button aria-label=${t?this.t(t,{tone:n}):n} @click=${()=>e(n)}>
            ${n}<small aria-hidden="true">${ot[r]}</small>
          </button>`)}
    </div>`}sendTone(e,t,n){this.run(this.commander.act(e,`send_dtmf`,t,{digits:n}))}renderTransfer(e,t){return this.renderSearch(e,`action.transfer`,`mdi:phone-forward`,(n,r)=>{this.open=void 0,this.typed=``,this.run(this.commander.transfer(e,t,n),this.t(`done.transferred`,{who:r}))})}renderDial(e){if(!B(e)||this.open===`transfer`||this.open===`forward`)return A;let t=(t,n)=>{this.typed=``,this.found=[],this.dial(e,t,n)},n=U(e.person,`talking`)!==void 0;return O`${this.renderSearch(e,`action.call`,`mdi:phone`,t)}
    ${n?A:this.renderPad(t=>this.type(e,this.typed+t),void 0)}`}async dial(e,t,n){await this.run(this.commander.dial(e,t),this.t(`done.calling`,{who:n}))}renderSearch(e,t,n,r){let{t:i}=this,a=this.typed.trim();return O`<div class="dial">
        <input
          type="text"
          inputmode="tel"
          autocomplete="off"
          aria-label=${i(`search.dial`)}
          placeholder=${i(`search.dial`)}
          .value=${this.typed}
          @input=${t=>this.type(e,t.target.value)}
          @keydown=${e=>{if(e.key!==`Enter`)return;let t=this.found[0];Z(a)?r(a,a):t&&r(t.number,t.name)}}
        />
        ${this.typed?O`<button class="icon" aria-label=${i(`action.delete_digit`)} @click=${()=>this.type(e,this.typed.slice(0,-1))}>
              <ha-icon icon="mdi:backspace-outline"></ha-icon>
            </button>`:A}
        <button class="good" ?disabled=${!Z(a)} @click=${()=>r(a,a)}>
          <ha-icon icon=${n}></ha-icon>${i(t)}
        </button>
      </div>
      ${this.found.length?O`<ul class="found" aria-label=${i(`search`)}>
            ${this.found.map(e=>O`<li>
                  <button @click=${()=>r(e.number,e.name)}>
                    <ha-icon icon=${n}></ha-icon><span class="grow"><bdi>${e.name}</bdi></span
                    ><bdi class="quiet">${e.number}</bdi>
                  </button>
                </li>`)}
          </ul>`:A}`}type(e,t){this.typed=t;let n=t.trim();clearTimeout(this.searching),this.found=n?this.findColleagues(e,n):[],n.length>2&&!Z(n)&&e.pbx.can(`find_contacts`)&&(this.searching=window.setTimeout(()=>void this.findContacts(e,n),lt))}findColleagues(e,t){return this.store.list(`people`,e.pbx.id).filter(t=>!!t.number&&t.id!==e.person.id).filter(e=>Re(this.name(e),e.number,t)).slice(0,ct).map(e=>({name:this.name(e),number:e.number}))}async findContacts(e,t){let n=await this.commander.findContacts(e.pbx.id,t).catch(()=>[]);if(this.typed.trim()!==t)return;let r=new Set(this.found.map(e=>e.number)),i=n.filter(e=>e.number&&!r.has(e.number));this.found=[...this.found,...i].slice(0,16)}renderSettings(e){let{person:t,pbx:n}=e,{t:r}=this,i=e=>t.control&&t.editable&&n.can(e),a=t.do_not_disturb!==null&&i(`set_do_not_disturb`),o=`always`in t.forwards&&i(`set_forward`);if(!a&&!o)return A;let s=t.forwards.always,c=e=>()=>{this.open=this.open===e?void 0:e,this.typed=``,this.found=[]};return O`<div class="settings">
        ${a?O`<button aria-expanded=${this.open===`dnd`} aria-pressed=${!!t.do_not_disturb} @click=${c(`dnd`)}>
              <ha-icon icon=${t.do_not_disturb?`mdi:bell-off`:`mdi:bell`}></ha-icon>${r(`do_not_disturb`)}:
              ${r(t.do_not_disturb?`dnd.on`:`dnd.off`)}
            </button>`:A}
        ${o?O`<button aria-expanded=${this.open===`forward`} aria-pressed=${!!s} @click=${c(`forward`)}>
              <ha-icon icon="mdi:call-split"></ha-icon>${s?r(`forwarded_to`,{number:s}):r(`action.forward`)}
            </button>`:A}
      </div>
      ${a&&this.open===`dnd`?this.renderQuiet(e):A}
      ${o&&this.open===`forward`?this.renderForward(e):A}`}renderQuiet(e){let{t}=this,n=(t,n)=>()=>{this.open=void 0,this.run(this.commander.setDoNotDisturb(e,t,n))};return O`<div class="settings" role="group" aria-label=${t(`do_not_disturb`)}>
      ${e.person.do_not_disturb?O`<button @click=${n(!1)}>${t(`dnd.off`)}</button>`:A}
      ${st.map(e=>O`<button @click=${n(!0,e)}>
            ${e<60?t(`dnd.minutes`,{count:e}):t(`dnd.hours`,{count:e/60})}
          </button>`)}
      <button @click=${n(!0)}>${t(`dnd.until_off`)}</button>
    </div>`}renderForward(e){let{t}=this,n=t=>{this.open=void 0,this.typed=``,this.run(this.commander.forward(e,t))};return O`<div class="settings" role="group" aria-label=${t(`action.forward`)}>
        ${e.person.forwards.always?O`<button @click=${()=>n(null)}>${t(`action.stop_forwarding`)}</button>`:A}
      </div>
      ${this.renderSearch(e,`action.forward_to`,`mdi:call-split`,n)}`}};function Z(e){return/^\+?[\d*#][\d*#\s()./-]*$/.test(e)}var dt=c`
  dialog {
    color: var(--primary-text-color);
    background: var(--card-background-color, #fff);
    border: none;
    border-radius: 16px;
    padding: 0;
    width: min(420px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    box-shadow: 0 8px 32px rgb(0 0 0 / 40%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .dialog-head {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 12px 8px 4px 20px;
  }
  .dialog-body {
    padding: 4px 20px 20px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
`;function ft(e,t,n,r){return O`<dialog
    aria-label=${t}
    @close=${r}
    @click=${e=>e.target===e.currentTarget&&e.target.close()}
  >
    <div class="dialog-head">
      <h2>${t}</h2>
      <button
        class="icon"
        aria-label=${e(`action.close`)}
        @click=${e=>e.currentTarget.closest(`dialog`).close()}
      >
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>
    <div class="dialog-body">${n}</div>
  </dialog>`}function pt(e){let t=e.querySelector(`dialog`);t&&!t.open&&t.showModal()}var mt=8;function ht(e,t,n){let r=document.elementFromPoint(e,t);for(;r;){let i=r.closest(n);if(i)return i;let a=r.shadowRoot?.elementFromPoint(e,t)??null;if(!a||a===r)return;r=a}}function gt(e,t,n,r,i){if(e.button!==0)return;let a,o=i=>{let o=Math.hypot(i.clientX-e.clientX,i.clientY-e.clientY)>mt;!a&&o&&(a=_t(t)),a&&(i.preventDefault(),a.style.transform=`translate(${i.clientX+12}px, ${i.clientY+12}px)`,r(ht(i.clientX,i.clientY,n)))},s=e=>{if(!(e instanceof KeyboardEvent&&e.key!==`Escape`)&&(window.removeEventListener(`pointermove`,o),window.removeEventListener(`pointerup`,s),window.removeEventListener(`pointercancel`,s),window.removeEventListener(`keydown`,s,!0),r(void 0),a&&(a.remove(),e.type===`pointerup`))){let{clientX:t,clientY:r}=e;i(ht(t,r,n))}};window.addEventListener(`pointermove`,o,{passive:!1}),window.addEventListener(`pointerup`,s),window.addEventListener(`pointercancel`,s),window.addEventListener(`keydown`,s,!0)}function _t(e){let t=document.createElement(`div`);return t.textContent=e,t.setAttribute(`aria-hidden`,`true`),Object.assign(t.style,{position:`fixed`,zIndex:`9999`,top:`0`,left:`0`,padding:`8px 14px`,borderRadius:`18px`,background:`#1f2937`,color:`#fff`,pointerEvents:`none`}),document.body.append(t),t}var vt=500,yt=class{constructor(e){this.host=e,this.visible=new Set,this.observed=new Set,e.addController(this)}hostConnected(){this.observer=new IntersectionObserver(e=>this.handle(e),{rootMargin:`${vt}px 0px`})}hostDisconnected(){this.observer?.disconnect(),this.observed.clear()}hostUpdated(){let e=new Set(this.host.renderRoot.querySelectorAll(`[data-block]`));for(let t of this.observed)e.has(t)||this.forget(t);for(let t of e)this.observed.has(t)||this.observer?.observe(t);this.observed=e}has(e){return this.visible.has(e)}forget(e){this.observer?.unobserve(e),this.visible.delete(Number(e.dataset.block))}handle(e){let t=!1;for(let n of e){let e=Number(n.target.dataset.block);n.isIntersecting!==this.visible.has(e)&&(t=!0,n.isIntersecting?this.visible.add(e):this.visible.delete(e))}t&&this.host.requestUpdate()}};function bt(e,t,n,r,i){let a=e=>t=>{t.currentTarget.closest(`dialog`)?.close(),e()},o=Object.entries(n.forwards).filter(([,e])=>e),s=n.presence?e(`presence.${n.presence}`):``;return O`
    <div class="buttons">
      ${V(r,n)?O`<button class="good" @click=${a(()=>i.call(n.number))}>
            <ha-icon icon="mdi:phone"></ha-icon>${e(`action.call`)}
          </button>`:A}
      ${H(r,n)?O`<button @click=${a(i.transfer)}>
            <ha-icon icon="mdi:phone-forward"></ha-icon>${e(`action.transfer`)}
          </button>`:A}
      ${je(r,n)?O`<button class="good" @click=${a(i.pickUp)}>
            <ha-icon icon="mdi:phone-incoming"></ha-icon>${e(`action.pick_up`)}
          </button>`:A}
    </div>
    <ul>
      <li class="row">
        <span class="grow">${e(`status.${n.status}`)}${s?O` · ${s}`:A}</span>
        <bdi>${n.number}</bdi>
      </li>
      ${n.presence_note?O`<li class="row"><bdi>${n.presence_note}</bdi></li>`:A}
      ${n.calls.map(n=>O`<li class="row">
            <span class="grow"
              >${e(`call.${n.state}`,{who:n.name||n.number||e(`unknown_caller`)})}
              ${n.queue?O`<span class="quiet">${e(`calls.queue_name`,{name:n.queue})}</span>`:A}</span
            >
            <pbx-timer .since=${n.since} .ahead=${t.ahead}></pbx-timer>
          </li>`)}
      ${n.do_not_disturb?O`<li class="row"><ha-icon icon="mdi:bell-off"></ha-icon>${e(`do_not_disturb`)}</li>`:A}
      ${o.map(([,t])=>O`<li class="row"><ha-icon icon="mdi:call-split"></ha-icon>${e(`forwarded_to`,{number:t})}</li>`)}
      ${n.phones.map(t=>O`<li class="row">
            <ha-icon icon=${t.registered===!1?`mdi:phone-off`:`mdi:deskphone`}></ha-icon>
            <span class="grow"><bdi>${t.name}</bdi></span>
            ${t.registered===!1?O`<span class="quiet">${e(`status.offline`)}</span>`:A}
          </li>`)}
    </ul>
  `}var Q=8,xt=40,St=60,Ct=class extends Y{static{this.properties={...Y.properties,search:{state:!0},busyOnly:{state:!0},columns:{state:!0},current:{state:!0},shown:{state:!0},transferring:{state:!0}}}static{this.styles=[G,dt,c`
      .tools {
        display: flex;
        gap: 8px;
        flex: 1 1 260px;
      }
      .tools input {
        flex: 1 1 auto;
        min-width: 0;
      }
      .tools button {
        flex: none;
      }
      .mine {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin: 4px 16px;
        padding: 8px 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-color) 14%, transparent);
      }
      .handle {
        cursor: grab;
        touch-action: none;
        display: flex;
        align-items: center;
        gap: 8px;
        flex: 1 1 180px;
        min-width: 0;
      }
      .line-up {
        display: grid;
        gap: ${Q}px;
        margin-bottom: ${Q}px;
      }
      h3 {
        box-sizing: border-box;
        height: ${xt}px;
        margin: 0;
        padding-top: 12px;
        font-size: 0.95em;
        font-weight: 500;
        color: var(--secondary-text-color);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `]}constructor(){super(),this.sections=[`people`,`mailboxes`,`queues`],this.order=[],this.names=new Map,this.sorted=[],this.labels={},this.blocks=new yt(this),this.resized=new ResizeObserver(([e])=>{this.columns=Math.max(1,Math.floor((e.contentRect.width+Q)/244))}),this.search=``,this.busyOnly=!1,this.columns=1,this.current=0,this.transferring=!1}static getStubConfig(){return{group_by:`none`}}static getConfigForm(){return et([Qe,Ze,tt(`group_by`,[`none`,`area`,`label`,`queue`,`system`],`form.group_by`),{name:`busy_only`,selector:{boolean:{}}},$e])}getGridOptions(){return{columns:`full`,min_columns:6}}setConfig(e){super.setConfig(e),this.busyOnly=e.busy_only??!1}updated(e){super.updated(e);let t=this.renderRoot.querySelector(`.people`);t&&this.resized.observe(t),this.shown&&pt(this.renderRoot),this.config?.group_by===`label`&&!Object.keys(this.labels).length&&this.readLabels()}disconnectedCallback(){super.disconnectedCallback(),this.resized.disconnect()}async readLabels(){this.labels={"":``};let e=await this.hass.callWS({type:`config/label_registry/list`});for(let t of e)this.labels[t.label_id]=t.name;this.requestUpdate()}renderCard(){if(!this.store.pbxs.size)return A;let e=this.listPeople(),{t}=this;return O`
      <div class="head">
        <h2>${this.config.title??t(`view.switchboard`)}</h2>
        <div class="tools">
          <input
            type="search"
            aria-label=${t(`search.people`)}
            placeholder=${t(`search.people`)}
            .value=${this.search}
            @input=${e=>{this.search=e.target.value,this.current=0}}
            @keydown=${this.handleSearchKey}
          />
          <button aria-pressed=${this.busyOnly} @click=${()=>this.busyOnly=!this.busyOnly}>
            <ha-icon icon="mdi:phone-in-talk"></ha-icon>${t(`filter.busy`)}
          </button>
        </div>
      </div>
      ${this.renderMine()}
      <div class="body people" @pbx-chip=${this.handleChip} @keydown=${this.handleKey}>
        ${this.renderPeople(e)}
        <div class="sr" role="status">
          ${this.search||this.busyOnly?t(`people.count`,{count:e.length}):``}
        </div>
      </div>
      ${this.renderMoreDialog()}
    `}listPeople(){let e=new Map(this.store.list(`people`,this.config.entry).map(e=>[wt(e),e])),t=e.size!==this.names.size;for(let[n,r]of e)t||=this.names.get(n)!==this.name(r);if(t){this.names=new Map([...e].map(([e,t])=>[e,this.name(t)]));let t=Ie(this.hass.locale.language);this.sorted=[...this.names].sort((e,n)=>t.compare(e[1],n[1])).map(([e])=>e)}let n=this.search.trim();return this.sorted.map(t=>e.get(t)).filter(e=>!this.busyOnly||Le(e)).filter(e=>!n||Re(this.name(e),e.number,n))}renderPeople(e){let{t}=this;if(!e.length)return O`<div class="empty">${t(this.search?`people.nobody_found`:`people.none`)}</div>`;let n=Be(e,this.config.group_by??`none`,this.store,this.hass,t(`group.none`),this.labels),r=[];this.order=[];for(let{name:e,people:t}of n){e&&r.push({heading:e});for(let e=0;e<t.length;e+=this.columns){let n=t.slice(e,e+this.columns);r.push({people:n,first:this.order.length}),this.order.push(...n)}}this.current=Math.min(this.current,this.order.length-1);let i=this.countMessages(),a=new Map([...this.store.pbxs.keys()].map(e=>[e,R(this.store,e,this.config.device)])),o=[];for(let e=0;e<r.length;e+=4)o.push(this.renderBlock(o.length,r.slice(e,e+4),i,a));return o}renderBlock(e,t,n,r){let i=t.reduce((e,t)=>e+(`heading`in t?xt:80),0),a=t.some(e=>`people`in e&&e.first<=this.current&&this.current<e.first+e.people.length);return O`<div data-block=${e} style="height:${i}px">
      ${this.order.length<=St||this.blocks.has(e)||a?t.map(e=>`heading`in e?O`<h3>${e.heading}</h3>`:O`<div class="line-up" style="grid-template-columns:repeat(${this.columns},minmax(0,1fr))">
                  ${e.people.map((t,i)=>this.renderChip(t,e.first+i,n,r))}
                </div>`):A}
    </div>`}renderChip(e,t,n,r){let i=r.get(e.entry);return O`<pbx-chip
      data-index=${t}
      .person=${e}
      .name=${this.name(e)}
      .picture=${this.getPicture(e)}
      .messages=${n.get(`${e.entry} ${e.number}`)??0}
      .actions=${this.listActions(e,i)}
      .ahead=${this.store.ahead}
      .t=${this.t}
      ?current=${t===this.current}
    ></pbx-chip>`}listActions(e,t){let n=this.name(e),r=je(t,e)&&!this.transferring;return this.transferring&&H(t,e)?{tap:this.t(`action.transfer_to`,{who:n}),pickUp:r}:{tap:V(t,e)?this.t(`action.call_who`,{who:n}):void 0,pickUp:r}}getPicture(e){let t=e.person?this.hass.states[e.person]?.attributes.entity_picture:void 0;return typeof t==`string`?this.hass.hassUrl(t):void 0}countMessages(){let e=this.store.list(`mailboxes`).filter(e=>e.number);return new Map(e.map(e=>[`${e.entry} ${e.number}`,e.new??0]))}renderMine(){let{me:e,t}=this;return e?.person.calls.length?e.person.calls.map(n=>{let r=W(e)===n,i=this.who(n);return O`<div class="mine" role="group" aria-label=${t(`view.my_phone`)}>
        <div class="handle" @pointerdown=${t=>r&&this.drag(t,e,n)}>
          <ha-icon icon=${r?`mdi:drag`:`mdi:phone-in-talk`}></ha-icon>
          <span class="grow">${t(`call.${n.state}`,{who:i})}</span>
          <pbx-timer .since=${n.since} .ahead=${this.store.ahead}></pbx-timer>
        </div>
        <div class="buttons">
          ${Ne(e,n).filter(e=>e.name!==`tones`).map(t=>this.renderCallAction(e,n,t))}
        </div>
        ${this.transferring&&r?O`<div class="quiet" role="status">${t(`transfer.choose`,{who:i})}</div>`:A}
      </div>`}):A}renderCallAction(e,t,n){let{t:r}=this;return n.name===`transfer`?O`<button
        aria-pressed=${this.transferring}
        @click=${()=>{this.transferring=!this.transferring}}
      >
        <ha-icon icon=${n.icon}></ha-icon>${r(`action.transfer`)}
      </button>`:O`<button class=${n.look??``} @click=${()=>this.run(this.commander.act(e,n.service,t))}>
      <ha-icon icon=${n.icon}></ha-icon>${r(`action.${n.name}`)}
    </button>`}drag(e,t,n){let r,i=e=>{let n=e;return n&&this.renderRoot.contains(n)&&H(t,n.person)?n:void 0};gt(e,this.who(n),`pbx-chip`,e=>{let t=i(e);t!==r&&(r&&(r.target=!1),t&&(t.target=!0),r=t)},e=>{let n=i(e);n&&this.transfer(t,n.person)})}async transfer(e,t){this.transferring=!1;let n=W(this.me);n&&t.number&&await this.run(this.commander.transfer(e,n,t.number),this.t(`done.transferred`,{who:this.name(t)}))}async handleChip(e){let{person:t,action:n}=e.detail,r=R(this.store,t.entry,this.config.device),i=Number(e.target.dataset.index);Number.isNaN(i)||(this.current=i),n===`more`||!r?this.shown={entry:t.entry,id:t.id}:n===`pick_up`?await this.run(this.commander.pickUp(r,t),this.t(`done.picked_up`)):this.transferring&&H(r,t)?await this.transfer(r,t):V(r,t)&&await this.call(r,t)}async call(e,t){await this.run(this.commander.dial(e,t.number),this.t(`done.calling`,{who:this.name(t)}))}handleSearchKey(e){(e.key===`ArrowDown`||e.key===`Enter`)&&(e.preventDefault(),this.focusChip(0))}handleKey(e){if(e.key===`Escape`&&this.transferring){this.transferring=!1;return}let t=getComputedStyle(this).direction===`rtl`?-1:1,n={ArrowRight:t,ArrowLeft:-t,ArrowDown:this.columns,ArrowUp:-this.columns,Home:-this.order.length,End:this.order.length}[e.key];!n||e.altKey||e.ctrlKey||e.metaKey||(e.preventDefault(),this.focusChip(Math.max(0,Math.min(this.order.length-1,this.current+n))))}async focusChip(e){this.current=e,await this.updateComplete;let t=this.renderRoot.querySelector(`pbx-chip[data-index="${e}"]`);t&&(await t.updateComplete,t.focus(),t.scrollIntoView({block:`nearest`}))}renderMoreDialog(){let e=this.shown&&this.store.get(`people`,this.shown.entry,this.shown.id);if(!e)return A;let t=R(this.store,e.entry,this.config.device),n=bt(this.t,this.store,e,t,{call:n=>this.run(this.commander.dial(t,n),this.t(`done.calling`,{who:this.name(e)})),pickUp:()=>this.run(this.commander.pickUp(t,e),this.t(`done.picked_up`)),transfer:()=>this.transfer(t,e)});return ft(this.t,this.name(e),n,()=>this.shown=void 0)}},wt=e=>`${e.entry} ${e.id}`,Tt=500,Et=class extends L{constructor(...e){super(...e),this.holding=0,this.held=!1}static{this.properties={person:{attribute:!1},name:{},picture:{},messages:{type:Number},actions:{attribute:!1},ahead:{type:Number},t:{attribute:!1},current:{type:Boolean},target:{type:Boolean,reflect:!0}}}static{this.styles=[G,c`
      :host {
        height: auto;
        min-width: 0;
      }
      .chip {
        box-sizing: border-box;
        position: relative;
        display: flex;
        align-items: stretch;
        height: 72px;
        border: 1px solid var(--pbx-line);
        border-radius: 12px;
        overflow: hidden;
        border-inline-start: 4px solid var(--status);
      }
      .chip.ringing {
        border-color: var(--status);
        background: color-mix(in srgb, var(--pbx-warn) 10%, transparent);
      }
      :host([target]) .chip {
        outline: 2px dashed var(--primary-color);
        outline-offset: -2px;
      }
      .main {
        flex: 1 1 auto;
        min-width: 0;
        justify-content: flex-start;
        text-align: start;
        border: none;
        border-radius: 0;
        padding: 0 4px 0 10px;
        gap: 10px;
        user-select: none;
        -webkit-touch-callout: none;
      }
      .main:focus-visible {
        outline-offset: -3px;
      }
      .face {
        position: relative;
        flex: none;
        width: 42px;
        height: 42px;
      }
      .face img,
      .face .initials {
        width: 42px;
        height: 42px;
        border-radius: 50%;
        object-fit: cover;
        display: flex;
        align-items: center;
        justify-content: center;
        background: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
        font-weight: 500;
      }
      .face ha-icon {
        position: absolute;
        inset-inline-end: -5px;
        bottom: -5px;
        --mdc-icon-size: 18px;
        color: var(--status);
        background: var(--card-background-color, #fff);
        border-radius: 50%;
        display: flex;
        padding: 1px;
      }
      .text {
        flex: 1 1 auto;
        min-width: 0;
        line-height: 1.3;
      }
      .text > span {
        display: block;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .name {
        font-weight: 500;
      }
      .line {
        display: flex !important;
        gap: 6px;
      }
      .line > span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .line pbx-timer {
        flex: none;
        display: inline;
        margin-inline-start: auto;
      }
      .badges {
        display: flex;
        gap: 4px;
        --mdc-icon-size: 16px;
        color: var(--secondary-text-color);
      }
      .dnd {
        color: var(--pbx-bad);
      }
      .side {
        flex: none;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        padding-inline-end: 2px;
      }
      .side .icon {
        width: 36px;
        min-height: 36px;
      }
    `]}get call(){return this.person.calls[0]}render(){let{person:e,t}=this,n=e.status,r=this.messages>0;return O`<div
      class="chip ${n}"
      role="group"
      aria-label=${this.name}
      style="--status:${K[n]??K.unknown}"
    >
      <button
        class="main"
        tabindex=${this.current?0:-1}
        aria-label=${this.describe()}
        @click=${this.tap}
        @contextmenu=${this.open}
        @pointerdown=${this.startHolding}
        @pointerup=${this.stopHolding}
        @pointerleave=${this.stopHolding}
        @pointercancel=${this.stopHolding}
      >
        <span class="face">
          ${this.picture?O`<img src=${this.picture} alt="" loading="lazy" />`:O`<span class="initials" aria-hidden="true">${Ot(this.name)}</span>`}
          <ha-icon icon=${Ve[n]??Ve.unknown}></ha-icon>
        </span>
        <span class="text">
          <span class="line"
            ><span class="name"><bdi>${this.name}</bdi></span
            ><span class="badges">
              ${e.do_not_disturb?O`<ha-icon class="dnd" icon="mdi:bell-off" title=${t(`do_not_disturb`)}></ha-icon>`:A}
              ${Dt(e).length?O`<ha-icon icon="mdi:call-split"></ha-icon>`:A}
              ${r?O`<ha-icon icon="mdi:voicemail"></ha-icon>`:A}
            </span></span
          >
          <span class="line quiet">${this.renderLine()}</span>
          <span class="quiet"><bdi>${e.number??``}</bdi>${this.renderMore()}</span>
        </span>
      </button>
      <div class="side">
        ${this.actions.pickUp?O`<button
              class="icon good"
              tabindex=${this.current?0:-1}
              title=${t(`action.pick_up`)}
              aria-label="${t(`action.pick_up`)}: ${this.name}"
              @click=${()=>this.send(`pick_up`)}
            >
              <ha-icon icon="mdi:phone-incoming"></ha-icon>
            </button>`:O`<button
              class="icon"
              tabindex=${this.current?0:-1}
              title=${t(`action.more`,{who:this.name})}
              aria-label=${t(`action.more`,{who:this.name})}
              @click=${()=>this.send(`more`)}
            >
              <ha-icon icon="mdi:dots-vertical"></ha-icon>
            </button>`}
      </div>
    </div>`}renderLine(){let e=this.call,t=O`<span>${this.describeCall()}</span>`;return e?O`${t}<pbx-timer .since=${e.since} .ahead=${this.ahead}></pbx-timer>`:t}renderMore(){let e=this.knocking;if(e)return O` · <bdi>${this.t(`call.knocking`,{who:this.other(e)})}</bdi>`;let t=this.person.presence_note;return t?O` · <bdi>${t}</bdi>`:A}get knocking(){return this.call?.state===`ringing`?void 0:this.person.calls.find(e=>e.state===`ringing`)}describeCall(){let{t:e,call:t}=this;if(!t)return e(`status.${this.person.status}`);let n=this.other(t);return t.state===`dialing`?e(`call.dialing`,{who:n}):e(t.state===`ringing`?`call.ringing`:t.state===`on_hold`?`call.on_hold`:`call.talking`,{who:n})}other(e){return e.name||e.number||this.t(`unknown_caller`)}describe(){let{t:e,person:t}=this,n=[this.name,t.number?e(`extension`,{number:t.number}):``,this.describeCall(),this.knocking?e(`call.knocking`,{who:this.other(this.knocking)}):``,t.do_not_disturb?e(`do_not_disturb`):``,...Dt(t).map(t=>e(`forwarded_to`,{number:t})),this.messages>0?e(`new_messages`,{count:this.messages}):``].filter(Boolean).join(`, `);return this.actions.tap?`${n}. ${this.actions.tap}`:n}send(e){let t={person:this.person,action:e};this.dispatchEvent(new CustomEvent(`pbx-chip`,{detail:t,bubbles:!0,composed:!0}))}tap(){this.held?this.held=!1:this.send(this.actions.tap?`tap`:`more`)}open(e){e.preventDefault(),this.stopHolding(),this.held||this.send(`more`)}startHolding(){this.held=!1,this.holding=window.setTimeout(()=>{this.held=!0,this.send(`more`)},Tt)}stopHolding(){clearTimeout(this.holding)}focus(){this.renderRoot.querySelector(`.main`)?.focus()}shouldUpdate(e){if(e.size>1||!e.has(`actions`))return!0;let t=e.get(`actions`);return t?.tap!==this.actions.tap||t?.pickUp!==this.actions.pickUp}};function Dt(e){return Object.values(e.forwards).filter(e=>!!e)}function Ot(e){let t=e.split(/\s+/).filter(Boolean);return(t.length>1?[t[0],t[t.length-1]]:t.slice(0,1)).map(e=>[...e][0].toLocaleUpperCase()).join(``)}function kt(e){let t=Math.max(0,Math.floor(e/1e3)),n=e=>String(e).padStart(2,`0`),r=Math.floor(t/3600),i=Math.floor(t/60)%60;return r?`${r}:${n(i)}:${n(t%60)}`:`${i}:${n(t%60)}`}var $=new Set,At=0;function jt(){for(let e of $)e.requestUpdate();At=$.size?window.setTimeout(jt,1e3-Date.now()%1e3):0}var Mt=class extends L{static{this.properties={since:{},ahead:{type:Number}}}constructor(){super(),this.ahead=0}connectedCallback(){super.connectedCallback(),$.add(this),At||jt()}disconnectedCallback(){super.disconnectedCallback(),$.delete(this)}render(){return O`<span aria-hidden="true" style="font-variant-numeric:tabular-nums"
      >${kt(Date.now()+this.ahead-Date.parse(this.since))}</span
    >`}},Nt={"pbx-switchboard-card":/^(active_calls|connectivity|line_status|status|other_party|on_a_call|presence)$/,"pbx-my-phone-card":/^(line_status|status|other_party|on_a_call|do_not_disturb|missed_calls|call_forward.*|presence)$/,"pbx-wallboard-card":/^(calls_waiting|longest_wait|agents.*|service_level|answered_calls|aborted_calls)$/,"pbx-calls-card":/^(last_call|missed_calls|active_calls|calls_to_return|call)$/,"pbx-parked-card":/^parked_calls$/,"pbx-mailboxes-card":/^(new_messages|has_new_messages|old_messages|urgent_messages)$/};function Pt(e,t,n){let r=t.entities?.[n];if(r?.platform!==`pbx`||(e!==`pbx-switches-card`||!/^(switch|select)\./.test(n)||r.translation_key)&&!Nt[e]?.test(r.translation_key??``))return null;let i={type:`custom:${e}`};e===`pbx-my-phone-card`&&r.device_id&&(i.device=r.device_id),e===`pbx-wallboard-card`&&r.device_id&&(i.queues=[r.device_id]);let a=e.replace(/^pbx-|-card$/g,``).replace(`-`,`_`);return{label:J(t)(`card.${a}`),config:i}}var Ft=`https://github.com/ha-pbx/ha-pbx/blob/main/docs/dashboard.md`;t(`pbx-timer`,Mt),t(`pbx-chip`,Et);var It=[[`switchboard`,`pbx-switchboard-card`,Ct],[`my_phone`,`pbx-my-phone-card`,ut]],Lt=Xe();for(let[n,r,i]of It)t(r,i),e(`customCards`,{type:r,name:Lt(`card.${n}`),description:Lt(`card.${n}.description`),preview:!0,documentationURL:Ft,getEntitySuggestion:(e,t)=>Pt(r,e,t)});